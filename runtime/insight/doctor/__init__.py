"""The run's doctor: looks at looks and losses while a network learns, and says what goes wrong, where, why and what helps."""

from runtime.insight.doctor.doctor import Doctor

__all__ = ["Doctor"]
