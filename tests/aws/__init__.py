import pytest

# Its assertions are part of many tests.
pytest.register_assert_rewrite("tests.aws.peer")
