"""The only part that writes to the project: all of a change or none, recorded and undoable."""

from consolidator.apply.disk import Disk
from consolidator.apply.history import Transaction, log
from consolidator.apply.recovery import recover, require_settled
from consolidator.apply.undoing import undo
from consolidator.apply.writing import write

__all__ = ["Disk", "Transaction", "log", "recover", "require_settled", "undo", "write"]
