"""The words of the report in both languages, apart from its numbers."""

from __future__ import annotations

from typing import Final

from withdrawal_risk.queries.words import the_language

__all__ = ["TEXT", "languages_of"]

TEXT: Final = {
    "en": {
        "answer": "The answer", "condition": "Condition", "probability": "Probability", "interval": "Credible interval",
        "word": "In words (ICD 203)", "prior": "Before the evidence", "mcse": "Monte Carlo error",
        "outlook": "Outlook", "network": "What acts on what", "forecast": "Forecast", "edges": "Causal effects",
        "checks": "Checks", "check": "Check", "verdict": "Verdict", "finding": "Finding",
        "passed": "passed", "failed": "FAILED", "information": "information",
        "warning": "Some checks failed. Do not rely on these numbers before the cause is mended.",
        "evidence": "Evidence used", "indicator": "Indicator", "span": "Span", "value": "Value", "grade": "Grade",
        "source": "Source", "published": "Known from", "note": "Note",
        "weight": "Long-run effect (sd per sd, 5th to 95th percentile)", "assumptions": "Assumptions", "cause": "Cause", "effect": "Effect", "reason": "Reason",
        "success": "What success means", "resolution": "Read at", "factors": "Factors and policies", "factor": "Factor",
        "meaning": "What it means", "worse": "Worse end", "seen": "Seen through", "based_on": "Based on",
        "as_of": "Evidence published until", "horizon": "Deadline",
        "interval_note": "The interval says how far the probability itself could move if we knew more about today's levels and the parameters; chance is already in the probability. It is equal-tailed.",
    },
    "ar": {
        "answer": "الجواب", "condition": "الشرط", "probability": "الاحتمال", "interval": "فترة المصداقية",
        "word": "بالكلمات (ICD 203)", "prior": "قبل الأدلة", "mcse": "خطأ المحاكاة",
        "outlook": "التوقعات", "network": "ما يؤثر في ماذا", "forecast": "المسار المتوقع", "edges": "الآثار السببية",
        "checks": "الفحوص", "check": "الفحص", "verdict": "النتيجة", "finding": "التفصيل",
        "passed": "ناجح", "failed": "فاشل", "information": "للعلم",
        "warning": "فشلت بعض الفحوص. لا تعتمد على هذه الأرقام قبل معالجة السبب.",
        "evidence": "الأدلة المستخدمة", "indicator": "المؤشر", "span": "المدة", "value": "القيمة", "grade": "الدرجة",
        "source": "المصدر", "published": "معروف منذ", "note": "ملاحظة",
        "weight": "الأثر طويل الأمد (انحراف لكل انحراف، من المئين 5 إلى المئين 95)", "assumptions": "الافتراضات", "cause": "السبب", "effect": "الأثر", "reason": "التعليل",
        "success": "ما معنى النجاح", "resolution": "يُقرأ في", "factors": "العوامل والسياسات", "factor": "العامل",
        "meaning": "معناه", "worse": "الطرف الأسوأ", "seen": "يُرى من خلال", "based_on": "استناداً إلى",
        "as_of": "الأدلة المنشورة حتى", "horizon": "الموعد النهائي",
        "interval_note": "تبيّن الفترة كم يمكن أن يتغيّر الاحتمال نفسه لو عرفنا أكثر عن مستويات اليوم وعن المعالم؛ أما المصادفة فداخلة في الاحتمال. والفترة متساوية الطرفين.",
    },
}  # fmt: skip


def languages_of(lang: str) -> list[str]:
    """Return the languages that a report is asked for in.

    Raises
    ------
    QueryError
        If `lang` is neither a language nor ``both``.
    """
    the_language(lang, "both")
    return list(TEXT) if lang == "both" else [lang]
