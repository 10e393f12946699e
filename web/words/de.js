// Deutsch.
export default {
  "skip": "Zu den Zahlen springen",
  "synthetic-head": "Synthetische Daten.",
  "synthetic": "Alle Ereignisse hinter diesen Zahlen sind simuliert; keines betrifft einen "
    + "lebenden Menschen.",
  "fault": "Dies sind die letzten gepr\u00fcften Zahlen; was folgte, hielt der Pr\u00fcfung nicht "
    + "stand: {fault}.",
  "nav": "Seiten", "nav-figures": "Zahlen", "nav-ledger": "Register", "nav-plan": "Plan",
  "nav-language": "Sprache",
  "catalogue": "Statistiken", "search": "Statistiken durchsuchen",
  "search-none": "Nichts unter diesem Namen.", "search-count": "{count} von {all} gezeigt",
  "up-to": "bis {period}", "not-yet": "noch nichts ver\u00f6ffentlicht",
  "data-as-of": "Datenstand", "released-to": "Ver\u00f6ffentlicht bis",
  "next-release": "N\u00e4chste Ver\u00f6ffentlichung",
  "in-time": "{period}, {instant} ({left})", "due": "jetzt f\u00e4llig",
  "embargo": "Sperrfrist", "embargo-until": "Zahlen bis {period}, bis {until}",
  "held": "gesperrt bis {until}",
  "held-all": "Die Zahlen dieses Zeitraums sind gesperrt bis {until}.",
  "left-days": "in {n} Tg. {h} Std.", "left-hours": "in {h} Std. {m} Min.",
  "choose": "Auswahl", "grain": "Periodenl\u00e4nge", "from": "Von", "to": "Bis",
  "range": "Perioden", "recent": "Neueste", "all": "Alle", "between": "Von \u2013 bis",
  "codes": "Beschriftung", "codes-name": "Name", "codes-code": "Code", "codes-both": "Beides",
  "view": "Ansicht", "view-table": "Tabelle", "view-chart": "Diagramm", "view-map": "Karte",
  "vintage": "Datenst\u00e4nde und Revisionen", "as-of": "Stand", "newest": "Neuester Stand",
  "since": "Revisionen markieren seit", "since-none": "Nicht vergleichen",
  "vintage-option": "bis {period} (Eintrag {size})",
  "vintage-shown": "Sie sehen den Stand des Registereintrags {size}, nicht den neuesten.",
  "filter": "{dimension} filtern", "only-total": "Nur insgesamt", "every": "Alle Codes",
  "chosen": "{first} und {more} weitere", "code-FREQ-N15": "Viertelstunde",
  "code-FREQ-H": "Stunde", "code-FREQ-D": "Tag", "code-FREQ-W": "Woche",
  "code-FREQ-M": "Monat", "code-FREQ-Q": "Quartal", "code-FREQ-A": "Jahr", "total": "Insgesamt",
  "loading": "Die Zahlen werden geladen.", "again": "Erneut versuchen",
  "cannot": "Die Zahlen lassen sich nicht zeigen: {why}.",
  "nothing": "In diesem Zeitraum ist noch keine ganze Periode dieser L\u00e4nge "
    + "ver\u00f6ffentlicht. W\u00e4hlen Sie eine k\u00fcrzere L\u00e4nge oder einen weiteren "
    + "Zeitraum.",
  "too-many": "{count} Reihen sind zu viele f\u00fcr ein Diagramm; bis zu {max} lassen sich "
    + "unterscheiden. Die Tabelle zeigt alle.",
  "flag-b": "Bruch in der Reihe: ab hier andere Regel oder Quelle",
  "flag-p": "vorl\u00e4ufig",
  "flag-z": "kann nicht vorkommen: in dieser Periode nicht ge\u00f6ffnet",
  "flag-u": "geringe Verl\u00e4sslichkeit",
  "flag-none": "endg\u00fcltig",
  "interval-none": "Niemand oder sehr wenige: Das Rauschen allein hat das ganze Intervall unter "
    + "null geschoben.",
  "interval-between": "Zwischen {low} und {high}, mit 95\u202f% Sicherheit.",
  "interval-most": "H\u00f6chstens {high}, mit 95\u202f% Sicherheit; vielleicht niemand.",
  "interval-negative": "Der Wert liegt unter null, weil das Rauschen nach beiden Seiten geht.",
  "when-stock": "Ende {period}", "when-day": "am {period}", "when-period": "{period}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "person-one": "{number} Person", "person-many": "{number} Personen",
  "event-one": "{number} Ereignis", "event-many": "{number} Ereignisse",
  "unit-persons": "in Personen", "unit-events": "in Ereignissen",
  "unit-rates": "in Prozent", "unit-RATE": "Prozent", "meta-of": "Eines \u00fcber dem anderen",
  "untold": "nicht genannt: der Nenner kann null sein",
  "privacy-rate": "Eine Quote wird von ver\u00f6ffentlichten Zahlen abgelesen und kostet nichts.",
  "once-quarter_hour": "Jede Person z\u00e4hlt einmal je Viertelstunde und Feld.",
  "once-hour": "Jede Person z\u00e4hlt einmal je Stunde und Feld.",
  "once-week": "Jede Person z\u00e4hlt einmal je Woche und Feld.",
  "once-day": "Jede Person z\u00e4hlt einmal je Tag und Feld.",
  "once-month": "Jede Person z\u00e4hlt einmal je Monat und Feld.",
  "overlap": "Wo zwei Intervalle sich \u00fcberlappen, kann der Unterschied Rauschen sein.",
  "period": "Periode", "value": "Wert", "margin": "Fehlerspanne", "low": "Von", "high": "Bis",
  "status": "Status", "was": "Zuvor", "newest-first": "neueste zuerst",
  "revised-mark": "revidiert", "new-mark": "neu",
  "revised-count": "Seit Registereintrag {size}: {revised} von {shared} Zahlen revidiert, "
    + "{fresh} neu.",
  "chart-label": "Liniendiagramm mit 95-%-Intervallen", "week-long": "Woche {week} {year}",
  "time-words": "{day}, {from}\u2013{to} Uhr",
  "chart-words": "{series}: {count} Perioden von {first} bis {last}. Niedrigster Wert {low} "
    + "({lowWhen}), h\u00f6chster {high} ({highWhen}), letzter {now}.",
  "chart-more": "Die Tabelle enth\u00e4lt alle Zahlen.", "chart-summary": "Das Diagramm in Worten",
  "estimate": "Sch\u00e4tzung",
  "band": "95-%-Intervall",
  "break": "Bruch",
  "break-line": "Gestrichelte senkrechte Linie: Bruch in der Reihe",
  "open-dots": "Offene Symbole: vorl\u00e4ufig",
  "axis": "Die Achse beginnt nicht bei null", "range-words": "{low} bis {high}",
  "map-period": "Periode", "map-note": "Grenzen und Namen bedeuten keine Aussage zum "
    + "Rechtsstatus eines Gebiets. Umrisse: Natural Earth, 1:50 Millionen, gemeinfrei.",
  "map-caption": "Nach {dimension}, {period}", "map-none": "keine Zahl", "map-weak":
    "schraffiert: geringe Verl\u00e4sslichkeit",
  "map-label": "Weltkarte; die Tabelle daneben enth\u00e4lt alle Zahlen",
  "map-few": "h\u00f6chstens {high}",
  "take": "Die Zahlen mitnehmen", "downloads": "Herunterladen", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV des Servers",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 generisch",
  "cite": "Zitieren", "call": "Dieselben Zahlen per Programm", "embed": "Dieses Diagramm einbetten",
  "copy": "Kopieren", "copied": "Kopiert", "link": "Link zu dieser Ansicht",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. Stand des Registereintrags {size}, "
    + "Daten bis {period}. Sch\u00e4tzungen mit 95-%-Fehlerspannen. {address}",
  "reading": "Wie diese Zahlen zu lesen sind",
  "reading-1": "Wert und Fehlerspanne. Jede Zahl ist eine unverzerrte Sch\u00e4tzung. Die wahre "
    + "Anzahl liegt mit 95\u202f% Sicherheit innerhalb der Fehlerspanne.",
  "reading-2": "Negative Werte und Nullen. Das Rauschen geht nach beiden Seiten: Eine kleine "
    + "Anzahl kann unter null erscheinen, und eine Null kann f\u00fcr einige Personen stehen. Sie "
    + "bleiben stehen; sie abzuschneiden machte jede Summe zu gro\u00df.",
  "reading-3": "Vorl\u00e4ufig. Sp\u00e4tere Messungen desselben Zeitraums k\u00f6nnen die"
    + " Zahl noch "
    + "sch\u00e4rfen. Jeder fr\u00fchere Stand bleibt lesbar.",
  "reading-4": "Geringe Verl\u00e4sslichkeit. Die Fehlerspanne betr\u00e4gt mehr als"
    + " 30\u202f% der Zahl.",
  "reading-6": "Kann nicht vorkommen. Nach den Codelisten gibt es dort nichts zu z\u00e4hlen, "
    + "etwa an einem geschlossenen Grenz\u00fcbergang: Die Null ist bekannt und hat keine "
    + "Fehlerspanne; in einer Tabelle ist sie gemessen.",
  "reading-5": "Rundung. Diese Seite zeigt ganze Zahlen: Werte zur n\u00e4chsten, Intervalle nach "
    + "au\u00dfen gerundet. Die Dateien f\u00fchren Tausendstel, mit denen alles genau aufgeht.",
  "about": "\u00dcber diese Statistik", "quality": "Qualit\u00e4t",
  "meta-publisher": "Herausgeber", "meta-basis": "Rechtsgrundlage", "meta-purpose": "Zweck",
  "meta-contact": "Kontakt", "meta-area": "Gebiet", "meta-unit": "Ma\u00dfeinheit",
  "meta-step": "Kleinste Periode", "meta-dimensions": "Dimensionen", "meta-id": "Kennung",
  "meta-breaks": "Br\u00fcche in der Reihe", "meta-break": "ab {from}: {note}",
  "meta-bound": "H\u00f6chstens gez\u00e4hlt",
  "meta-bound-window": "{n}-mal je Person und {window}",
  "meta-bound-month": ", {n}-mal im Monat", "meta-codes": "{name} ({n} Codes)",
  "word-year": "Jahr", "word-month": "Monat", "word-quarter": "Quartal", "word-day": "Tag",
  "word-quarter_hour": "Viertelstunde", "word-hour": "Stunde", "word-week": "Woche",
  "unit-PERSONS": "Personen", "unit-EVENTS": "Ereignisse",
  "quality-accuracy": "Genauigkeit", "quality-accuracy-words": "Die H\u00e4lfte der {count} "
    + "gezeigten Zahlen hat eine Fehlerspanne von {median} oder weniger, die weiteste ist"
    + " {widest}. "
    + "{weak} davon haben geringe Verl\u00e4sslichkeit.",
  "quality-time": "Aktualit\u00e4t", "quality-time-words": "Die letzten {n} "
    + "Ver\u00f6ffentlichungen erschienen im Median {median} nach dem Ende ihrer Periode, "
    + "sp\u00e4testens {latest} danach.",
  "quality-time-simulated": "Ohne Angabe: Dieser Speicher ist synthetisch; ver\u00f6ffentlicht "
    + "wurde, als die Simulation lief.",
  "quality-revisions": "Revisionen", "quality-revisions-none": "Keine der {count} gezeigten Zahlen "
    + "hat sich seit {step} Ver\u00f6ffentlichungen ge\u00e4ndert.",
  "quality-revisions-some": "{changed} der {count} gezeigten Zahlen, die vor {step} "
    + "Ver\u00f6ffentlichungen schon erschienen waren, haben sich ge\u00e4ndert, im Median um"
    + " {median}; "
    + "ihre Fehlerspannen hatten {margin} angek\u00fcndigt.",
  "quality-revisions-short": "Zu wenige Ver\u00f6ffentlichungen f\u00fcr eine Angabe.",
  "hours": "{n} Std.", "days": "{n} Tg.",
  "privacy": "Datenschutz",
  "privacy-unit": "Gesch\u00fctzt ist: {unit}. W\u00e4re diese Person nie "
    + "gez\u00e4hlt worden, s\u00e4he alles hier fast genauso aus.",
  "privacy-meaning": "In einem Satz: Wer zu gleichen Chancen darauf wettet, ob eine bestimmte "
    + "Person in diesem Zeitraum ({window}) gez\u00e4hlt wurde, gewinnt mit allem hier "
    + "Ver\u00f6ffentlichten und allem Wissen der Welt h\u00f6chstens {odds}\u202f% der Wetten.",
  "privacy-flow": "Diese Statistik nimmt \u03c1 {rho} je {window}, was immer ihre Zahlen sind.",
  "spent-plan": "Verbraucht von den {n} Zeitr\u00e4umen ({window}) des Plans",
  "spent-window": "Verbraucht {period}", "rho-of": "\u03c1 {spent} von {budget} ({share})",
  "privacy-epsilon": "Ein Budget von \u03c1 {budget} ({window}) entspricht {epsilon}. Es wird zu "
    + "Beginn belastet, f\u00fcr alle Ver\u00f6ffentlichungen des Zeitraums. Nach {n}"
    + " Zeitr\u00e4umen "
    + "endet der Plan; nichts erneuert ihn.",
  "epsilon-at": "\u03b5\u00a0{epsilon} bei \u03b4\u00a0{delta}", "or": " oder ",
  "ledger": "Register", "ledger-lead": "Jede Belastung und jede Ver\u00f6ffentlichung ist ein "
    + "Eintrag in einem \u00f6ffentlichen Register, das nur w\u00e4chst und das jeder"
    + " pr\u00fcfen kann. "
    + "Diese Seite pr\u00fcft es hier, in Ihrem Browser.",
  "ledger-short": "Jede Belastung und jede Ver\u00f6ffentlichung ist ein Eintrag in einem "
    + "\u00f6ffentlichen Register, das nur w\u00e4chst.",
  "ledger-state": "{size} Eintr\u00e4ge, der letzte vom {at}. Wurzel {root}",
  "ledger-open": "In diesem Browser pr\u00fcfen", "checkpoint": "Signierter Registerstand",
  "verification": "Pr\u00fcfung", "verify-program": "Per Programm pr\u00fcfen, samt Belastungen",
  "entries": "Eintr\u00e4ge", "entry": "Eintrag", "what": "Was", "subject": "Wovon", "when": "Wann",
  "digest": "Pr\u00fcfsumme",
  "check": "Datei pr\u00fcfen",
  "newer": "Neuere",
  "older": "\u00c4ltere",
  "entries-shown": "Eintr\u00e4ge {from} bis {to} von {size}, neueste zuerst",
  "kind-genesis": "Anfang", "kind-plan": "Plan", "kind-charge": "Belastung",
  "kind-amendment": "\u00c4nderung",
  "kind-release": "Ver\u00f6ffentlichung", "waiting": "\u2026", "ok": "Gepr\u00fcft",
  "bad": "H\u00e4lt nicht stand",
  "check-signature": "Der Registerstand tr\u00e4gt eine g\u00fcltige Ed25519-Signatur des "
    + "Schl\u00fcssels {key}",
  "check-root": "Die ver\u00f6ffentlichten Pr\u00fcfsummen aller {size} Eintr\u00e4ge ergeben die "
    + "Merkle-Wurzel des Registerstands, {root}",
  "check-entries": "Alle {size} Eintr\u00e4ge haben diese Pr\u00fcfsummen",
  "check-shown": "Die unten gezeigten Eintr\u00e4ge {from} bis {to} haben diese Pr\u00fcfsummen",
  "check-progress": "{done} von {size} Eintr\u00e4gen",
  "verify-all": "Alle Eintr\u00e4ge pr\u00fcfen",
  "check-file": "Die ver\u00f6ffentlichte Datei hat die Pr\u00fcfsumme ihres Eintrags, {digest}",
  "check-seen": "Das Register, das Sie zuvor sahen ({size} Eintr\u00e4ge), ist der Anfang von"
    + " diesem",
  "check-first": "Sie sehen dieses Register zum ersten Mal; sein Stand bleibt allein in diesem "
    + "Browser, zum Vergleich beim n\u00e4chsten Besuch",
  "check-cannot": "Dieser Browser pr\u00fcft nur \u00fcber https oder auf diesem Rechner."
    + " Nehmen Sie "
    + "das Programm.",
  "check-key-note": "Der Schl\u00fcssel kommt von diesem Server. Vergleichen Sie ihn mit dem,"
    + " den das "
    + "Amt anderswo ver\u00f6ffentlicht: Erst dann beweist eine Signatur, wer signiert hat.",
  "embed-source": "Quelle", "embed-open": "Ganze Ansicht \u00f6ffnen",
  "noscript": "Die Diagramme brauchen JavaScript.",
};
