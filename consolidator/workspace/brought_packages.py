"""What widely used packages always bring along: their own requirements, without any condition."""

from __future__ import annotations

from collections.abc import Iterable

# Read off the metadata of releases of the last years; what only some of them need is left out.
_BRING = {
    "aiohttp": "aiosignal attrs frozenlist multidict yarl",
    "alembic": "mako sqlalchemy typing-extensions",
    "anyio": "idna",
    "beautifulsoup4": "soupsieve",
    "black": "click mypy-extensions packaging pathspec platformdirs",
    "boto3": "botocore jmespath s3transfer",
    "botocore": "jmespath python-dateutil urllib3",
    "celery": "billiard click kombu vine",
    "dask": "click cloudpickle fsspec packaging pyyaml toolz",
    "django": "asgiref sqlparse",
    "djangorestframework": "django",
    "docker": "requests urllib3",
    "fastapi": "pydantic starlette typing-extensions",
    "flask": "click itsdangerous jinja2 markupsafe werkzeug",
    "flask-sqlalchemy": "flask sqlalchemy",
    "flask-wtf": "flask itsdangerous wtforms",
    "google-api-core": "google-auth googleapis-common-protos protobuf requests",
    "html5lib": "six webencodings",
    "httpcore": "certifi h11",
    "httpx": "anyio certifi httpcore idna",
    "ipykernel": "ipython jupyter-client jupyter-core pyzmq tornado traitlets",
    "ipython": "jedi matplotlib-inline prompt-toolkit pygments stack-data traitlets",
    "jinja2": "markupsafe",
    "jsonschema": "attrs",
    "jupyter-client": "jupyter-core python-dateutil pyzmq tornado traitlets",
    "kombu": "amqp vine",
    "mako": "markupsafe",
    "matplotlib": "cycler kiwisolver numpy packaging pillow pyparsing python-dateutil",
    "mkdocs": "click jinja2 markdown pyyaml",
    "mypy": "mypy-extensions typing-extensions",
    "nbformat": "fastjsonschema jsonschema jupyter-core traitlets",
    "pandas": "numpy python-dateutil",
    "paramiko": "bcrypt cryptography pynacl",
    "pydantic": "annotated-types pydantic-core typing-extensions",
    "pyopenssl": "cryptography",
    "pytest": "iniconfig packaging pluggy",
    "requests": "certifi idna urllib3",
    "rich": "markdown-it-py pygments",
    "scikit-learn": "joblib numpy scipy threadpoolctl",
    "scipy": "numpy",
    "scrapy": "cssselect itemadapter itemloaders lxml parsel queuelib twisted w3lib",
    "seaborn": "matplotlib numpy pandas",
    "sphinx": "babel docutils imagesize jinja2 packaging pygments requests snowballstemmer",
    "sqlalchemy": "typing-extensions",
    "starlette": "anyio",
    "statsmodels": "numpy packaging pandas patsy scipy",
    "trio": "attrs idna outcome sniffio sortedcontainers",
    "twisted": "attrs automat constantly hyperlink incremental zope-interface",
    "wtforms": "markupsafe",
    "xarray": "numpy packaging pandas",
    "yarl": "idna multidict",
}


def with_brought(packages: Iterable[str]) -> frozenset[str]:
    """Packages, by their normal names, with those that an installation of them has for certain."""
    found: set[str] = set()
    queue = list(packages)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += _BRING.get(name, "").split()
    return frozenset(found)
