"""Arabic: every word in tables and labels; a test holds the languages against each other."""

from __future__ import annotations

from typing import Final

__all__ = ["ICD_203", "INTERVAL", "LEVELS", "PLOTS", "REPORT", "STATISTICS"]

PLOTS: Final = {
    "probability": "الاحتمال",
    "posterior": "في ضوء الأدلة",
    "prior": "قبل الأدلة",
    "level": "المستوى (انحرافات معيارية طويلة الأمد)",
    "weight": "الأثر طويل الأمد (انحراف لكل انحراف)",
    "raises": "يرفع",
    "lowers": "يخفض",
    "network": "الشبكة السببية: سماكة الخط تدل على حجم الأثر",
    "outlook": "احتمال كل شرط بحلول {when}",
    "edges": "الآثار السببية قبل الأدلة وبعدها",
    "interval": "فترة {p}٪",
    "median": "الوسيط، أو احتمال «نعم»",
    "evidence": "الأدلة",
    "scenario": "السيناريو، فترة {p}٪",
    "shade": "المستوى الحالي",
    "grades": "التظليل: احتمال كل درجة",
    "seen": "إذا شوهد هناك",
    "expected": "المتوقع",
    "drivers": "{what}: ما يفعله كل عامل وما يدل عليه",
    "attribution": "{what}: ما نقل الاحتمال من {a} إلى {b}",
    "untouched": "لولا ما جرى",
    "now": "كما هو",
    "before": "حتى {when}",
    "change": "{what}: ما حرّك الاحتمال",
    "change_points": "الاحتمال (الأشرطة: خطأ المحاكاة، 90٪)",
    "routes": "أثر «{a}» في «{b}» بحسب الطريق",
    "effect": "أثر تغيير دائم بمقدار {step} عند الموعد (انحراف)،\nفترة {p}٪",
    "reach": "{what}: أعلى احتمال لكل كلفة",
    "cost": "الكلفة (بوحدات الملف)",
    "shift": "تغيير دائم (انحراف)",
    "target": "الهدف {p}",
    "answer": "الجواب، كل السحوبات",
    "watch": "{what}: ما يقوله كل مؤشر خلال {n}",
    "reduction": "الانخفاض المتوقع في تباين الاحتمال (٪)",
    "floor": "حد الضجيج",
    "mcse": "خطأ المحاكاة، 90٪",
    "failed": "لم تجتز هذه المعايرة فحوصها",
    "lower": "أدنى بانحراف معياري؛ ويمينًا عند المئين العاشر",
    "higher": "أعلى بانحراف معياري؛ ويمينًا عند المئين التسعين",
    "worse": "هذا الطرف أسوأ",
    "moved": "لو تحرّك انحرافًا معياريًا",
    "direct": "(في الشرط نفسه)",
    "as_of": "الأدلة حتى {when}",
}
"""Words of the plots."""

REPORT: Final = {
    "answer": "الجواب",
    "condition": "الشرط",
    "probability": "الاحتمال",
    "interval": "فترة المصداقية",
    "word": "بالكلمات (ICD 203)",
    "prior": "قبل الأدلة",
    "mcse": "خطأ المحاكاة",
    "outlook": "التوقعات",
    "network": "ما يؤثر في ماذا",
    "forecast": "المسار المتوقع",
    "edges": "الآثار السببية",
    "checks": "الفحوص",
    "check": "الفحص",
    "verdict": "النتيجة",
    "finding": "التفصيل",
    "passed": "ناجح",
    "failed": "فاشل",
    "information": "للعلم",
    "warning": "فشلت بعض الفحوص. لا تعتمد على هذه الأرقام قبل معالجة السبب.",
    "evidence": "الأدلة المستخدمة",
    "indicator": "المؤشر",
    "span": "المدة",
    "value": "القيمة",
    "grade": "الدرجة",
    "source": "المصدر",
    "published": "معروف منذ",
    "note": "ملاحظة",
    "weight": "الأثر طويل الأمد (انحراف لكل انحراف، من المئين 5 إلى المئين 95)",
    "assumptions": "الافتراضات",
    "cause": "السبب",
    "effect": "الأثر",
    "reason": "التعليل",
    "success": "ما معنى النجاح",
    "resolution": "يُقرأ في",
    "factors": "العوامل والسياسات",
    "factor": "العامل",
    "meaning": "معناه",
    "worse": "الطرف الأسوأ",
    "seen": "يُرى من خلال",
    "based_on": "استناداً إلى",
    "as_of": "الأدلة المنشورة حتى",
    "horizon": "الموعد النهائي",
    "interval_note": "تبيّن الفترة كم يمكن أن يتغيّر الاحتمال نفسه لو عرفنا أكثر عن مستويات اليوم وعن المعالم؛ أما المصادفة فداخلة في الاحتمال. والفترة متساوية الطرفين.",
}
"""Words of the report, apart from its numbers."""

INTERVAL: Final = {
    "levels": "مستويات اليوم",
    "weights": "شدة أثر العوامل بعضها في بعض",
    "half_lives": "سرعة استجابتها",
    "own_scales": "مقدار تغيرها من ذاتها",
    "references": "القيم المعتادة وما تُظهره المؤشرات عندها",
    "errors": "دقة المؤشرات",
    "event_sizes": "حجم الأحداث المعروفة",
    "together": "اجتماع عدة منها",
}
"""What a credible interval is made of."""

STATISTICS: Final = {
    "mean": "متوسط «{name}»",
    "min": "أدنى «{name}»",
    "max": "أعلى «{name}»",
    "total": "مجموع «{name}»",
    "last": "«{name}»",
}
"""What a clause looks at, of something that has a name."""

LEVELS: Final = {
    "very low": "منخفض جداً",
    "low": "منخفض",
    "medium": "متوسط",
    "high": "مرتفع",
    "very high": "مرتفع جداً",
}
"""The five named levels."""

ICD_203: Final = (
    (0.05, "شبه مستحيل"),
    (0.2, "مستبعد جداً"),
    (0.45, "مستبعد"),
    (0.55, "متساوي الفرص تقريباً"),
    (0.8, "مرجّح"),
    (0.95, "مرجّح جداً"),
    (1.01, "شبه مؤكد"),
)
"""Upper end (excluded) and word of a probability."""
