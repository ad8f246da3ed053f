"""What of an error may be written into a log: its kind and place, never its message, which may hold a citizen's words."""


def kind_and_place(error: BaseException) -> tuple[str, str]:
    """(name of the error's class, `file:line` where it was raised)."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return type(error).__name__, place
