// Deutsch.
export default {
  "skip": "Zu den Zahlen springen",
  "synthetic-head": "Synthetische Daten.",
  "synthetic": "Alle Ereignisse hinter diesen Zahlen sind simuliert; keines betrifft einen "
    + "lebenden Menschen.",
  "fault": "Dies sind die letzten geprüften Zahlen. Was danach veröffentlicht wurde, hielt der "
    + "Prüfung nicht stand: {fault}.",
  "front": "Neues", "front-about": "Über diese Statistiken", "front-all": "Alle Statistiken",
  "front-words": "{title}, veröffentlicht von {controller} auf der Grundlage von: {basis}. Zweck: "
    + "{purpose}. Die Zahlen zählen Ereignisse und Personen; nichts hier handelt von einer "
    + "bestimmten Person. Zufälliges Rauschen schützt alle, die gezählt wurden. Deshalb ist jede "
    + "Zahl eine Schätzung mit einem Intervall. Alle dürfen die Zahlen lesen, herunterladen und "
    + "prüfen.",
  "front-revised": "Mit der letzten Veröffentlichung revidiert",
  "front-revised-none": "Die letzte Veröffentlichung hat keine der hier gezeigten "
    + "Zahlen revidiert.",
  "front-was": "{period} jetzt {now}, zuvor {was}", "front-more": "und {n} weitere",
  "news-none": "Noch ist keine Zahl veröffentlicht.",
  "news-note": "Jedes Bild hat seine eigene Skala; das Band ist das 95-%-Intervall. Für eine "
    + "Veränderung sind die Fehlerspannen beider Zahlen addiert; das genügt, wie auch immer ihre "
    + "Fehler zusammenhängen. Enthält ihr Intervall die 0, ist die Veränderung zu klein für eine "
    + "Aussage.",
  "change": "({low} bis {high}) gegenüber {before}",
  "change-small": "Veränderung gegenüber {before} zu klein für eine Aussage ({low} bis {high})",
  "change-break": "Mit der Periode davor nicht vergleichbar: Bruch in der Reihe",
  "spark": "{title}: {count} Perioden von {first} bis {last}",
  "nothing-yet": "Noch ist nichts veröffentlicht. Die erste Veröffentlichung gilt der Periode "
    + "{period}.",
  "nothing-yet-timed": "Noch ist nichts veröffentlicht. Die erste Veröffentlichung gilt der "
    + "Periode {period} und kommt am {instant} ({left}).",
  "front-embargo": "Die ersten Zahlen, bis {period}, sind gesperrt bis {until}.",
  "nothing-ever": "Es ist nichts veröffentlicht, und keine Veröffentlichung ist geplant.",
  "lost": "Nicht gefunden", "lost-flow": "Eine Statistik \u201e{id}\u201c gibt es hier nicht.",
  "lost-flows": "Diese Statistiken gibt es:",
  "lost-code": "{dimension} hat keinen Code {codes}.", "lost-codes": "Das sind die Codes:",
  "lost-more": "{n} weitere Codes",
  "lost-parts": "Der Schlüssel hat {given} Teile, die Statistik aber {n} Dimensionen: {names}.",
  "lost-option": "Die Adresse enthält {name}={value}; das hat hier keine Bedeutung.",
  "lost-without": "Dieselbe Ansicht ohne diese Angabe", "lost-front": "Neues",
  "more": "Mehr", "more-vintage": "Eintrag {size}",
  "nav": "Seiten", "nav-figures": "Zahlen", "nav-ledger": "Register", "nav-plan": "Plan",
  "nav-language": "Sprache",
  "catalogue": "Statistiken", "search": "Statistiken durchsuchen",
  "search-none": "Nichts gefunden.", "search-count": "{count} von {all} gezeigt",
  "up-to": "bis {period}", "not-yet": "noch nichts veröffentlicht",
  "released-to": "Veröffentlicht bis",
  "next-release": "Nächste Veröffentlichung",
  "in-time": "{period}, {instant} ({left})", "due": "jetzt fällig",
  "embargo": "Sperrfrist", "embargo-until": "Zahlen bis {period}, bis {until}",
  "embargoed": "gesperrt bis {until}",
  "embargoed-all": "Die Zahlen für diesen Zeitraum sind gesperrt bis {until}.",
  "left-days": "in {n} Tg. {h} Std.", "left-hours": "in {h} Std. {m} Min.",
  "choose": "Auswahl", "grain": "Periodenlänge", "from": "Von", "to": "Bis",
  "range": "Perioden", "recent": "Neueste", "all": "Alle", "between": "Von \u2013 bis",
  "codes": "Beschriftung", "codes-name": "Name", "codes-code": "Code", "codes-both": "Beides",
  "view": "Ansicht", "view-table": "Tabelle", "view-chart": "Diagramm", "view-map": "Karte",
  "vintage": "Datenstände und Revisionen", "as-of": "Stand", "newest": "Neuester Stand",
  "since": "Revisionen markieren seit", "since-none": "Nicht vergleichen",
  "vintage-option": "bis {period} (Eintrag {size})",
  "vintage-shown": "Sie sehen den Stand des Registereintrags {size}, nicht den neuesten.",
  "filter": "{dimension} filtern", "only-total": "Nur insgesamt", "every": "Alle Codes",
  "chosen": "{first} und {more} weitere", "code-FREQ-N15": "Viertelstunde",
  "code-FREQ-H": "Stunde", "code-FREQ-D": "Tag", "code-FREQ-W": "Woche",
  "code-FREQ-M": "Monat", "code-FREQ-Q": "Quartal", "code-FREQ-A": "Jahr", "total": "Insgesamt",
  "loading": "Die Zahlen werden geladen.", "again": "Erneut versuchen",
  "cannot": "Die Zahlen lassen sich nicht zeigen: {why}.",
  "nothing": "In diesem Zeitraum ist noch keine vollständige Periode dieser Länge veröffentlicht. "
    + "Wählen Sie eine kürzere Länge oder einen größeren Zeitraum, oder kommen Sie nach der "
    + "nächsten Veröffentlichung wieder.",
  "too-many": "Es gibt {count} Reihen, und Bilder der ersten {max}. Die Tabelle zeigt alle.",
  "multiples": "Von {first} bis {last}, mit dem 95-%-Intervall; jedes Bild hat seine eigene Skala",
  "flag-b": "Bruch in der Reihe: ab hier gilt eine andere Regel oder Quelle",
  "flag-p": "vorläufig",
  "flag-z": "strukturelle Null: in dieser Periode nicht geöffnet",
  "flag-s": "eine Quelle hatte nicht geliefert",
  "silent-one": "{names} hatte bei der Veröffentlichung noch nicht geliefert.",
  "silent-many": "{names} hatten bei der Veröffentlichung noch nicht geliefert.",
  "silent-note": "{periods}: {words}",
  "silent-more": "{periods}; und {more} weitere",
  "flag-u": "geringe Verlässlichkeit",
  "flag-none": "endgültig",
  "interval-none": "Niemand oder sehr wenige: Das Rauschen hat das ganze Intervall unter null "
    + "verschoben.",
  "interval-between": "Zwischen {low} und {high}, mit 95\u202f% Sicherheit.",
  "interval-most": "Höchstens {high}, mit 95\u202f% Sicherheit; vielleicht niemand.",
  "interval-negative": "Der Wert liegt unter null, weil das Rauschen in beide Richtungen gehen "
    + "kann.",
  "when-stock": "Ende {period}", "when-day": "am {period}", "when-period": "{period}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "person-one": "{number} Person", "person-many": "{number} Personen",
  "event-one": "{number} Ereignis", "event-many": "{number} Ereignisse",
  "unit-persons": "in Personen", "unit-events": "in Ereignissen",
  "unit-rates": "in Prozent", "unit-RATE": "Prozent", "meta-of": "Berechnet aus",
  "unpublished": "nicht veröffentlicht: der Nenner kann null sein",
  "privacy-rate": "Eine Quote wird aus veröffentlichten Zahlen berechnet und belastet das Budget "
    + "nicht zusätzlich.",
  "once-per": " und {what}", "once-cell": "Feld",
  "once-quarter_hour": "Jede Person zählt einmal je Viertelstunde{per}.",
  "once-hour": "Jede Person zählt einmal je Stunde{per}.",
  "once-week": "Jede Person zählt einmal je Woche{per}.",
  "once-day": "Jede Person zählt einmal je Tag{per}.",
  "once-month": "Jede Person zählt einmal je Monat{per}.",
  "overlap": "Wo zwei Intervalle sich überlappen, kann der Unterschied am Rauschen liegen.",
  "period": "Periode", "value": "Wert", "margin": "Fehlerspanne", "low": "Von", "high": "Bis",
  "status": "Status", "was": "Zuvor", "newest-first": "neueste zuerst",
  "revised-mark": "revidiert", "new-mark": "neu",
  "revised-count": "Seit Registereintrag {size}: {revised} von {shared} Zahlen revidiert, {added} "
    + "neu.",
  "chart-label": "Liniendiagramm mit 95-%-Intervallen", "week-long": "Woche {week} {year}",
  "time-words": "{day}, {from}\u2013{to} Uhr",
  "chart-words": "{series}: {count} Perioden von {first} bis {last}. Niedrigster Wert {low} "
    + "({lowWhen}), höchster {high} ({highWhen}), letzter {now}.",
  "chart-summary": "Das Diagramm in Worten",
  "estimate": "Schätzung",
  "band": "95-%-Intervall",
  "break": "Bruch",
  "break-line": "Gestrichelte senkrechte Linie: Bruch in der Reihe",
  "open-dots": "Offene Symbole: vorläufig",
  "axis": "Die Achse beginnt nicht bei null", "range-words": "{low} bis {high}",
  "chart-limit": "Nur zwischen {low} und {high} gezeichnet: {n} Intervalle reichen weiter. Die "
    + "Tabelle enthält sie ganz",
  "map-period": "Periode",
  "map-note": "Die gezeigten Grenzen und Namen sind keine Aussage zum Rechtsstatus eines Gebiets. "
    + "Umrisse: Natural Earth, 1:50 Millionen, gemeinfrei.",
  "map-caption": "Nach {dimension}, {period}", "map-none": "keine Zahl",
  "map-weak": "schraffiert: geringe Verlässlichkeit",
  "map-label": "Weltkarte; die Tabelle daneben enthält alle Zahlen",
  "map-few": "höchstens {high}",
  "map-not": "Von \u201e{name}\u201c gibt es keine Karte, weil es keine Liste von Staaten hat.",
  "map-instead": "Diagramm zeigen",
  "take": "Herunterladen, zitieren, weiterverwenden", "downloads": "Herunterladen",
  "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV vom Server",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 generisch",
  "cite": "Zitieren", "call": "Dieselben Zahlen mit einem Programm abrufen",
  "embed": "Dieses Diagramm einbetten",
  "copy": "Kopieren", "copied": "Kopiert", "link": "Link zu dieser Ansicht",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. Stand des Registereintrags {size}, "
    + "Daten bis {period}. Schätzungen mit 95-%-Fehlerspannen. {address}",
  "reading": "Wie diese Zahlen zu lesen sind",
  "reading-1": "Wert und Fehlerspanne. Jede Zahl ist eine unverzerrte Schätzung. Mit 95\u202f% "
    + "Sicherheit liegt die wahre Anzahl innerhalb der Fehlerspanne.",
  "reading-2": "Negative Werte und Nullen. Das Rauschen kann in beide Richtungen gehen: Eine "
    + "kleine Anzahl kann unter null erscheinen, und eine Null kann für einige Personen stehen. "
    + "Solche Zahlen werden gezeigt, wie sie sind; bei null abgeschnitten, würden sie jede Summe "
    + "zu groß machen.",
  "reading-3": "Vorläufig. Spätere Messungen können die Zahl noch genauer machen. Jeder frühere "
    + "Stand bleibt abrufbar.",
  "reading-4": "Geringe Verlässlichkeit. Die Fehlerspanne beträgt mehr als 30\u202f% der Zahl.",
  "reading-6": "Strukturelle Null. Nach den Codelisten gibt es dort nichts zu zählen, etwa an "
    + "einem geschlossenen Grenzübergang. Die Null ist bekannt und hat keine Fehlerspanne; in "
    + "einer Tabelle, deren Summen eigens gemessen werden, steht dort eine gemessene Zahl.",
  "reading-7": "Quellen. Eine Zahl wird auch dann veröffentlicht, wenn eine Behörde nicht "
    + "rechtzeitig geliefert hat. Das steht dann dabei, bis eine spätere Messung der Periode "
    + "enthält, was die Behörde geliefert hat.",
  "reading-5": "Rundung. Zahlen mit Fehlerspannen ab 1 werden ganzzahlig veröffentlicht, und "
    + "Felder und Perioden gehen genau auf. Die Fehlerspanne enthält die Rundung. Dateien haben "
    + "mit decimals=3 in der Adresse Tausendstel.",
  "about": "Über diese Statistik", "quality": "Qualität",
  "meta-publisher": "Herausgeber", "meta-basis": "Rechtsgrundlage", "meta-purpose": "Zweck",
  "meta-contact": "Kontakt", "meta-area": "Gebiet", "meta-unit": "Maßeinheit",
  "meta-step": "Kleinste Periode", "meta-dimensions": "Dimensionen", "meta-id": "Kennung",
  "meta-breaks": "Brüche in der Reihe", "meta-break": "ab {from}: {note}",
  "meta-bound": "Höchstens gezählt",
  "meta-bound-window": "{n}-mal je Person und {window}",
  "meta-bound-month": ", {n}-mal im Monat", "meta-codes": "{name} ({n} Codes)",
  "word-year": "Jahr", "word-month": "Monat", "word-quarter": "Quartal", "word-day": "Tag",
  "word-quarter_hour": "Viertelstunde", "word-hour": "Stunde", "word-week": "Woche",
  "unit-PERSONS": "Personen", "unit-EVENTS": "Ereignisse",
  "quality-accuracy": "Genauigkeit",
  "quality-accuracy-words": "Die Hälfte der {count} gezeigten Zahlen hat eine Fehlerspanne von "
    + "{median} oder weniger; die größte ist {widest}. {weak} der Zahlen haben geringe "
    + "Verlässlichkeit.",
  "quality-time": "Aktualität",
  "quality-time-words": "Die letzten {n} Veröffentlichungen erschienen im Median {median} nach dem "
    + "Ende ihrer Periode, spätestens {latest} danach.",
  "quality-time-simulated": "Nicht verfügbar: Dieser Speicher ist synthetisch; seine "
    + "Veröffentlichungen entstanden, als die Simulation lief.",
  "quality-revisions": "Revisionen",
  "quality-revisions-none": "Keine der {count} gezeigten Zahlen hat sich in den letzten {step} "
    + "Veröffentlichungen geändert.",
  "quality-revisions-some": "{changed} der {count} Zahlen, die vor {step} Veröffentlichungen schon "
    + "erschienen waren, haben sich seither geändert, im Median um {median}; ihre Fehlerspanne "
    + "betrug im Median {margin}.",
  "quality-revisions-short": "Noch zu wenige Veröffentlichungen.",
  "hours": "{n} Std.", "days": "{n} Tg.",
  "privacy": "Datenschutz",
  "privacy-unit": "Geschützt ist: {unit}. Wäre diese Person nie gezählt worden, sähe alles hier "
    + "Veröffentlichte fast genauso aus.",
  "privacy-meaning": "In einem Satz: Wer bei gleichen Gewinnchancen darauf wettet, ob eine "
    + "bestimmte Person in einem Zeitraum ({window}) gezählt wurde, und dabei alles kennt, was "
    + "über diesen Zeitraum veröffentlicht ist, und alles andere auf der Welt, gewinnt höchstens "
    + "{odds}\u202f% der Wetten.",
  "privacy-flow": "Diese Statistik verbraucht \u03c1 {rho} je {window}, gleich welche Zahlen sich "
    + "ergeben.",
  "spent-plan": "Verbraucht von den {n} Zeiträumen ({window}) des Plans",
  "spent-window": "Verbraucht {period}", "rho-of": "\u03c1 {spent} von {budget} ({share})",
  "privacy-epsilon": "Ein Budget von \u03c1 {budget} ({window}) entspricht {epsilon}. Es wird zu "
    + "Beginn belastet, für alle Veröffentlichungen des Zeitraums. Nach {n} Zeiträumen endet der "
    + "Plan; nichts erneuert ihn.",
  "epsilon-at": "\u03b5\u00a0{epsilon} bei \u03b4\u00a0{delta}", "or": " oder ",
  "ledger": "Register",
  "ledger-lead": "Jede Belastung und jede Veröffentlichung ist ein Eintrag in einem öffentlichen "
    + "Register, das nur wächst und das jeder prüfen kann. Diese Seite prüft es hier, in Ihrem "
    + "Browser.",
  "ledger-short": "Jede Belastung und jede Veröffentlichung ist ein Eintrag in einem öffentlichen "
    + "Register, das nur wächst.",
  "ledger-state": "{size} Einträge, der jüngste vom {at}. Wurzel {root}",
  "ledger-open": "In diesem Browser prüfen", "checkpoint": "Signierter Registerstand",
  "verification": "Prüfung",
  "verify-program": "Mit dem Programm prüfen, einschließlich der Belastungen",
  "entries": "Einträge", "entry": "Eintrag", "what": "Was", "subject": "Betrifft", "when": "Wann",
  "digest": "Prüfsumme",
  "check": "Datei prüfen",
  "newer": "Neuere",
  "older": "Ältere",
  "entries-shown": "Einträge {from} bis {to} von {size}, neueste zuerst",
  "kind-genesis": "Anfang", "kind-plan": "Plan", "kind-charge": "Belastung",
  "kind-amendment": "Änderung",
  "kind-release": "Veröffentlichung", "waiting": "\u2026", "ok": "Geprüft",
  "bad": "Hält nicht stand",
  "check-signature": "Der Registerstand trägt eine gültige Ed25519-Signatur des Schlüssels {key}",
  "check-root": "Die veröffentlichten Prüfsummen aller {size} Einträge ergeben die Merkle-Wurzel "
    + "des Registerstands, {root}",
  "check-entries": "Alle {size} Einträge passen zu diesen Prüfsummen",
  "check-shown": "Die unten gezeigten Einträge {from} bis {to} passen zu diesen Prüfsummen",
  "check-progress": "{done} von {size} Einträgen",
  "verify-all": "Alle Einträge prüfen",
  "check-seen": "Das Register, das Sie zuvor sahen ({size} Einträge), ist der Anfang von diesem",
  "check-first": "Sie sehen dieses Register zum ersten Mal. Sein Stand wird nur in diesem Browser "
    + "gespeichert, zum Vergleich beim nächsten Besuch",
  "check-cannot": "Browser prüfen nur über https oder auf demselben Rechner. Verwenden Sie das "
    + "Programm.",
  "check-key-note": "Der Schlüssel kommt von diesem Server. Vergleichen Sie ihn mit dem, den das "
    + "Amt anderswo veröffentlicht: Erst dann beweist eine Signatur, wer signiert hat.",
  // Was nur der Server schreibt, für Leser ohne Skripte und für geteilte Links.
  "noscript": "Diagramme, Karten und die Auswahl brauchen JavaScript. Die Zahlen stehen auch ohne "
    + "hier.",
  "served-series": "Reihe",
  "served-many": "Es gibt {count} Reihen, mehr als diese Seite ohne JavaScript aufführt. Die "
    + "Dateien enthalten alle.",
  "card-released": "Veröffentlicht am {date}",
  "embed-source": "Quelle", "embed-open": "Ganze Ansicht öffnen",
};
