"""From plans to readable PyTorch source: ``model.py``, ``train.py`` and ``predict.py``, which run without Layerloom."""

from builder.codegen.model_source import ModelSource, generate_model, print_model
from builder.codegen.predict_source import generate_predict
from builder.codegen.train_source import generate_train

__all__ = ["ModelSource", "generate_model", "generate_predict", "generate_train", "print_model"]
