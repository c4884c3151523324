"""From plans to readable PyTorch source: ``model.py``, ``train.py`` and ``predict.py``, which run without Layerloom."""

from builder.codegen.model_source import generate_model
from builder.codegen.predict_source import generate_predict
from builder.codegen.train_source import generate_train

__all__ = ["generate_model", "generate_predict", "generate_train"]
