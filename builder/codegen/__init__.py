"""From plans to readable PyTorch source that runs without Layerloom: models, training, answers and samples."""

from builder.codegen.model_source import ModelSource, generate_model, print_model
from builder.codegen.predict_source import generate_predict
from builder.codegen.sample_source import generate_sample
from builder.codegen.train_source import generate_train

__all__ = ["ModelSource", "generate_model", "generate_predict", "generate_sample", "generate_train", "print_model"]
