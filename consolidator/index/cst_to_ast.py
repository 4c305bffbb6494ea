import ast
def convert(text: str) -> ast.Module | None: return None
