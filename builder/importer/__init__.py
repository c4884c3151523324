"""PyTorch source into graphs, by ``ast``: parsed and read, never run, with a sentence for each line that cannot be taken."""

from builder.importer.reading import ImportRefused
from builder.importer.remarks import Remark
from builder.importer.source import Imported, import_source

__all__ = ["ImportRefused", "Imported", "Remark", "import_source"]
