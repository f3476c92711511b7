"""Extensions as CONTRIBUTING describes them: each file is what a contributor would add."""
