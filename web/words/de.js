// Deutsch.
export default {
  "skip": "Zu den Zahlen springen", "synthetic-head": "Synthetische Daten.",
  "synthetic": "Alle Ereignisse hinter diesen Zahlen sind simuliert; keines betrifft einen "
    + "lebenden Menschen.",
  "fault": "Dies sind die letzten geprüften Zahlen. Was danach veröffentlicht wurde, hielt der "
    + "Prüfung nicht stand: {fault}.",
  "front": "Neues", "front-about": "Über diese Statistiken", "front-all": "Alle Statistiken",
  "front-words": "{title}. Herausgeber: {controller}. Rechtsgrundlage: {basis}. Zweck: {purpose}. "
    + "Die Zahlen zählen Ereignisse und Personen; nichts hier handelt von einer bestimmten Person. "
    + "Zufälliges Rauschen schützt alle, die gezählt wurden. Deshalb ist jede Zahl eine Schätzung "
    + "mit einem Intervall. Alle dürfen die Zahlen lesen, herunterladen und prüfen.",
  "front-revised": "Mit der letzten Veröffentlichung revidiert",
  "front-revised-none": "Die letzte Veröffentlichung hat keine der hier gezeigten Zahlen "
    + "revidiert.",
  "front-was": "{period} jetzt {now}, zuvor {was}", "front-more": "und {count} weitere",
  "news-none": "Noch ist keine Zahl veröffentlicht.",
  "news-note": "Jedes Bild hat seine eigene Skala; das Band ist das 95-%-Intervall. Die "
    + "Fehlerspanne einer Veränderung ist die Summe der Fehlerspannen beider Zahlen; das genügt, "
    + "gleich wie deren Fehler zusammenhängen. Enthält ihr Intervall die 0, ist die Veränderung zu "
    + "klein für eine Aussage.",
  "change": "({low}\u00a0bis\u00a0{high}) gegenüber der Vorperiode ({before})",
  "change-small": "Veränderung gegenüber der Vorperiode ({before}) zu klein für eine Aussage "
    + "({low}\u00a0bis\u00a0{high})",
  "change-break": "Mit der Vorperiode nicht vergleichbar: Bruch in der Reihe",
  "spark": { one: "{title}: eine Periode, {first}",
    other: "{title}: {count} Perioden von {first} bis {last}" },
  "nothing-yet": "Noch ist nichts veröffentlicht. Die erste Veröffentlichung gilt der Periode "
    + "{period}.",
  "nothing-yet-timed": "Noch ist nichts veröffentlicht. Die erste Veröffentlichung gilt der "
    + "Periode {period} und kommt am {instant} ({left}).",
  "front-embargo": "Die ersten Zahlen (bis {period}) sind bis {until} gesperrt.",
  "nothing-ever": "Es ist nichts veröffentlicht, und keine Veröffentlichung ist geplant.",
  "lost": "Nicht gefunden", "lost-flow": "Eine Statistik \u201e{id}\u201c gibt es hier nicht.",
  "lost-flows": "Diese Statistiken gibt es:",
  "lost-code": "\u201e{dimension}\u201c hat keinen Code {codes}.",
  "lost-codes": "Das sind die Codes:",
  "lost-more": { one: "{count} weiterer Code", other: "{count} weitere Codes" },
  "lost-parts": "Der Schlüssel hat zu viele Teile ({given}). Die Statistik hat diese Dimensionen "
    + "({n}): {names}.",
  "lost-option": "Die Adresse enthält {name}={value}; das hat hier keine Bedeutung.",
  "lost-without": "Dieselbe Ansicht ohne diese Angabe", "lost-front": "Neues",
  "more": "Mehr", "more-vintage": "{size} Einträge",
  "nav": "Seiten", "nav-figures": "Zahlen", "nav-ledger": "Register", "nav-plan": "Plan",
  "nav-help": "Hilfe",
  "nav-language": "Sprache", "catalogue": "Statistiken", "search": "Statistiken durchsuchen",
  "search-none": "Nichts gefunden.", "search-count": "{count} von {all} gezeigt",
  "up-to": "bis {period}", "not-yet": "noch nichts veröffentlicht",
  "released-to": "Veröffentlicht bis", "next-release": "Nächste Veröffentlichung",
  "in-time": "{period}, {instant} ({left})", "due": "jetzt fällig",
  "embargo": "Sperrfrist", "embargo-until": "Zahlen bis {period}, bis {until}",
  "embargoed": "gesperrt bis {until}",
  "embargoed-all": "Die Zahlen für diesen Zeitraum sind gesperrt bis {until}.", "left": "in {time}",
  "choose": "Auswahl", "grain": "Periodenlänge", "from": "Von", "to": "Bis",
  "range": "Perioden", "recent": "Neueste", "all": "Alle", "between": "Von \u2013 bis",
  "codes": "Beschriftung", "codes-name": "Name", "codes-code": "Code", "codes-both": "Beides",
  "view": "Ansicht", "view-table": "Tabelle", "view-chart": "Diagramm", "view-map": "Karte",
  "as-of": "Stand", "newest": "Neuester Stand",
  "since": "Revisionen markieren seit", "since-none": "Nicht vergleichen",
  "vintage-option": "bis {period} ({size} Einträge)",
  "vintage-shown": "Sie sehen den Stand des Registers mit {size} Einträgen, nicht den neuesten.",
  "filter": "{dimension} filtern", "only-total": "Nur insgesamt", "every": "Alle Codes",
  "chosen": "{first} und {count} weitere", "code-FREQ-N15": "Viertelstunde",
  "code-FREQ-H": "Stunde", "code-FREQ-D": "Tag", "code-FREQ-W": "Woche",
  "code-FREQ-M": "Monat", "code-FREQ-Q": "Quartal", "code-FREQ-A": "Jahr", "total": "Insgesamt",
  "loading": "Die Zahlen werden geladen.", "again": "Erneut versuchen",
  "cannot": "Die Zahlen lassen sich nicht zeigen: {why}.",
  "nothing": "In diesem Zeitraum ist noch keine vollständige Periode dieser Länge veröffentlicht. "
    + "Wählen Sie eine kürzere Länge oder einen größeren Zeitraum, oder kommen Sie nach der "
    + "nächsten Veröffentlichung wieder.",
  "too-many": "Es gibt {count} Reihen, und Bilder der ersten {max}. Die Tabelle zeigt alle.",
  "multiples": "Von {first} bis {last}, mit dem 95-%-Intervall; jedes Bild hat seine eigene Skala",
  "flag-b": "Bruch in der Reihe: ab hier gilt eine andere Regel oder Quelle", "flag-p": "vorläufig",
  "flag-e": "geschätzt: mit den Nachmeldungen, die üblicherweise kommen",
  "flag-z": "strukturelle Null: In dieser Periode kann nichts gezählt werden",
  "flag-s": "eine Quelle hatte nicht geliefert",
  "silent": { one: "{names} hatte bei der Veröffentlichung noch nicht geliefert.",
    other: "{names} hatten bei der Veröffentlichung noch nicht geliefert." },
  "silent-note": "{periods}: {words}", "silent-more": "{periods}; und {count} weitere",
  "flag-u": "geringe Verlässlichkeit", "flag-none": "endgültig",
  "flag-kept": "nicht revidiert",
  "interval-none": "Keine oder sehr wenige: Das Rauschen hat das ganze Intervall unter null "
    + "verschoben.",
  "interval-zero": "Keine: Hier kann nichts gezählt werden, die Null ist genau.",
  "interval-between": "Zwischen {low} und {high}, mit 95\u202f% Sicherheit.",
  "interval-nowcast": "Gezählt bis {day}: {counted}. Am Ende etwa {value}: {low} bis {high}.",
  "nowcast-less": "Üblicherweise wird danach mehr zurückgezogen als nachgemeldet.",
  "margin-nowcast": "± {margin} (95\u202f%)",
  "interval-least": "Mindestens {low}; es kommen noch Nachmeldungen hinzu, und wie viele, ist noch "
    + "nicht bekannt.",
  "interval-counted": "Bisher gezählt: {counted}. Nachmeldungen ändern die Zahl noch.",
  "interval-so-far": "Nach dem bisher Gezählten zwischen {low} und {high}; Nachmeldungen ändern "
    + "das noch.",
  "counted-so-far": "bisher gezählt: {figure}",
  "interval-most": "Höchstens {high}, mit 95\u202f% Sicherheit; möglicherweise keine.",
  "interval-negative": "Der Wert liegt unter null, weil das Rauschen in beide Richtungen gehen "
    + "kann.",
  "during-H": "am {period}", "during-D": "am {period}",
  "during-W": "in der {week}. Kalenderwoche {year}", "during-M": "im {period}",
  "during-Q": "im {period}", "during-A": "im Jahr {year}",
  "end-of-H": "am {day} um {to} Uhr", "end-of-D": "am Ende des {period}",
  "end-of-W": "am Ende der {week}. Kalenderwoche {year}", "end-of-M": "Ende {period}",
  "end-of-Q": "am Ende des {quarter}. Quartals {year}", "end-of-A": "Ende {year}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "persons": { one: "{count} Person", other: "{count} Personen" },
  "events": { one: "{count} Ereignis", other: "{count} Ereignisse" },
  "unit-persons": "in Personen", "unit-events": "in Ereignissen",
  "unit-rates": "in Prozent", "unit-RATE": "Prozent", "meta-of": "Berechnet aus",
  "unpublished": "nicht veröffentlicht: der Nenner kann null sein",
  "privacy-rate": "Eine Quote wird aus veröffentlichten Zahlen berechnet und belastet das Budget "
    + "nicht zusätzlich.",
  "once": "Jede Person zählt einmal je {list}.", "cell": "Tabellenfeld",
  "overlap": "Wo zwei Intervalle sich überlappen, kann der Unterschied am Rauschen liegen.",
  "period": "Periode", "value": "Wert", "margin": "Fehlerspanne", "low": "Von", "high": "Bis",
  "status": "Status", "was": "Zuvor", "newest-first": "neueste zuerst",
  "revised-mark": "revidiert", "new-mark": "neu",
  // Die Tabelle: ihre Zeilen und Spalten, Seiten und Gruppen.
  "axes": "Zeilen und Spalten der Tabelle", "rows": "Zeilen", "columns": "Spalten",
  "to-rows": "{name}: in die Zeilen", "to-columns": "{name}: in die Spalten",
  "swap": "Zeilen und Spalten tauschen", "usual": "Übliche Anordnung",
  "page-rows": "Zeilen {from} bis {to} von {all}", "before-rows": "Vorige Zeilen",
  "after-rows": "Weitere Zeilen", "page-columns": "Spalten {from} bis {to} von {all}",
  "before-columns": "Vorige Spalten", "after-columns": "Weitere Spalten",
  "fold": "Zeilen in \u201e{name}\u201c",
  "fold-all": "Alle zuklappen", "unfold-all": "Alle aufklappen",
  "sort-none": "Die Tabelle hat keine Spalte \u201e{column}\u201c zum Sortieren; die Zeilen haben "
    + "die übliche Reihenfolge.",
  "lost-rows": "Die Adresse setzt {rows} in die Zeilen der Tabelle; eine solche Dimension gibt es "
    + "nicht. Die Dimensionen sind {known}.",
  // Listen von Codes.
  "every-single": "Alle ohne Gruppen", "count-chosen": "{count} von {all} gewählt",
  "members-all": "Alle Mitglieder", "members-none": "Keine Mitglieder",
  "members-all-of": "{name}: alle Mitglieder", "members-none-of": "{name}: keine Mitglieder",
  "members-of": "{name}: Mitglieder ({count} von {all} gewählt)",
  "members-count": "{count}/{all}",
  "valid-from": "ab {from}", "valid-to": "bis {to}", "valid-between": "von {from} bis {to}",
  "revised-count": "Seit {size} Registereinträgen: {revised} von {shared} Zahlen revidiert, "
    + "{added} "
    + "neu.",
  "chart-label": "Liniendiagramm mit 95-%-Intervallen",
  "day-of-month": "{count}", "time-words": "{day}, {from}\u2013{to} Uhr",
  "week-short": "KW {week} {year}", "week-long": "{week}. Kalenderwoche {year}",
  "quarter-short": "Q{quarter} {year}", "quarter-1": "1. Quartal {year}",
  "quarter-2": "2. Quartal {year}", "quarter-3": "3. Quartal {year}",
  "quarter-4": "4. Quartal {year}",
  "chart-words": { one: "{series}: eine Periode, {first}: {now}.",
    other: "{series}: {count} Perioden von {first} bis {last}. Niedrigster Wert {low} ({lowWhen}), "
    + "höchster {high} ({highWhen}), letzter {now}." },
  "chart-summary": "Das Diagramm in Worten", "estimate": "Schätzung", "band": "95-%-Intervall",
  "break": "Bruch", "break-line": "Gestrichelte senkrechte Linie: Bruch in der Reihe",
  "open-dots": "Offene Symbole: vorläufig",
  "axis": "Die Achse beginnt nicht bei null", "range-words": "{low} bis {high}",
  "chart-limit": { one: "Nur zwischen {low} und {high} gezeichnet: {count} Intervall reicht "
    + "weiter. Die Tabelle enthält es ganz",
    other: "Nur zwischen {low} und {high} gezeichnet: {count} Intervalle reichen weiter. Die "
    + "Tabelle enthält sie ganz" },
  "picture-period": "Periode", "map-play": "Perioden nacheinander abspielen",
  "map-pause": "Anhalten",
  "map-region": "Region", "region-world": "Welt", "region-europe": "Europa",
  "region-africa": "Afrika", "region-americas": "Amerika", "region-asia": "Asien",
  "region-oceania": "Ozeanien",
  "map-shows": "Die Karte zeigt", "map-all": "{dimension}: alle", "map-by": "Nach {dimension}",
  "map-under": "unter {high}", "map-class": "{low} bis unter {high}", "map-over": "{low} und mehr",
  "map-any": "jede Zahl", "map-none": "keine Zahl",
  "map-weak": "schraffiert oder [u]: geringe Verlässlichkeit",
  "map-few": "{figure} (höchstens {high})",
  "map-groups": "Gruppen", "map-beside": "Nicht auf der Karte",
  "map-label": "{region}: Karte nach {dimension}; die Tabelle darunter enthält alle Zahlen",
  "map-pick": "Ein Klick auf einen Staat wählt ihn für \u201e{dimension}\u201c, ein zweiter wieder "
    + "alle.",
  "map-embargoed": "Zahlen bis {last} sind bis {until} gesperrt und nicht gezeigt.",
  "map-note": "Die gezeigten Grenzen und Namen sind keine Aussage zum Rechtsstatus eines Gebiets. "
    + "Umrisse: Natural Earth, 1:50 Millionen, gemeinfrei.",
  "map-not": "Von \u201e{name}\u201c gibt es keine Karte, weil die Statistik keine Liste von "
    + "Staaten hat.",
  // Dauern und Kohorten
  "view-distribution": "Verteilung", "view-survival": "Dauerkurve", "view-median": "Median",
  "view-triangle": "Nach Kohorte", "view-curves": "Kurven",
  "distribution-not": "Von \u201e{name}\u201c gibt es keine Verteilung, weil nicht nach der Dauer "
    + "gezählt wird.",
  "survival-not": "Von \u201e{name}\u201c gibt es keine Dauerkurve, weil nicht nach der Dauer "
    + "gezählt wird.",
  "median-not": "Von \u201e{name}\u201c gibt es keinen Median, weil nicht nach der Dauer gezählt "
    + "wird.",
  "triangle-not": "Von \u201e{name}\u201c gibt es kein Bild nach Kohorte, weil keine Kohorten "
    + "verfolgt werden.",
  "curves-not": "Von \u201e{name}\u201c gibt es keine Kurven, weil keine Kohorten verfolgt werden.",
  "spell-refused": "Für diese Auswahl gibt es dieses Bild nicht: {why}.",
  "spell-unpublished": "nicht veröffentlicht: die Anzahl kann null sein",
  "class": "Klasse", "quartile": "Quartil",
  "quartile-Q1": "Erstes Quartil", "quartile-MEDIAN": "Median", "quartile-Q3": "Drittes Quartil",
  "quartile-low": "Intervall von", "quartile-high": "bis",
  "quartile-range": "{band} (95-%-Intervall von \u201e{low}\u201c bis \u201e{high}\u201c)",
  "quartiles-caption": "Median und Quartile: die Klasse, in der sie liegen, und die erste und die "
    + "letzte Klasse ihres 95-%-Intervalls",
  "quartiles-legend": "\u00bc, \u00bd, \u00be: Klasse von erstem Quartil, Median und drittem "
    + "Quartil; die Linie umfasst die Klassen des 95-%-Intervalls",
  "distribution-legend": "Linie am Balken: 95-%-Intervall",
  "hatched-weak": "Schraffiert, [u]: geringe Verlässlichkeit",
  "distribution-label": "Balken nach Klassen der Dauer mit 95-%-Intervallen.",
  "distribution-caption": "{name}, {period}: nach der Dauer",
  "distribution-words": "{series}, {period}. {figures}.",
  "waiting-label": "Balken mit 95-%-Intervallen: am Ende des Monats noch nicht beendet, nach der "
    + "Zeit seit dem Beginn.",
  "waiting-caption": "{name}, Ende {period} noch nicht beendet: nach der Zeit seit dem Beginn",
  "survival-label": "Linien mit 95-%-Bändern: für jede Klasse der Anteil, der länger dauerte.",
  "survival-caption": "{name}, {period}: der Anteil, der länger dauerte",
  "survival-words": "{series}, {period}. Länger als: {figures}.",
  "survival-note": "Von allem, was in der Periode endete, der Anteil, der länger als die jeweilige "
    + "Klasse gedauert hatte. Was noch andauert, ist nicht enthalten",
  "survival-start": "Beginn", "survival-all": "Beginn: alle", "longer-than": "Länger als: {band}",
  "longer-head": "Länger als",
  "open-weak": "Offene Symbole: geringe Verlässlichkeit oder vorläufig",
  "median-label": "Linien mit 95-%-Bändern: die Klasse, in der der Median liegt, nach Periode.",
  "median-caption": "{name}: die Klasse, in der der Median liegt",
  "median-note": "Jeder Punkt liegt in der Klasse, die den Wert enthält; das Band umfasst die "
    + "Klassen seines 95-%-Intervalls",
  "median-none": "Hier lässt sich kein Median angeben: In jeder Periode kann die Anzahl null sein.",
  "median-words": "{series}, {first} bis {last}; zuletzt: {now}.",
  "cohort": "Kohorte", "cohorts": "Kohorten", "cohorts-chosen": "{n} von {all}",
  "cohorts-most": "Bis zu {max} auf einmal.",
  "cohort-first": "Gezeigt für \u201e{name}\u201c, die erste der {count} gewählten Kombinationen",
  "cohort-months": "Kohorten gelten immer für einen Monat, gleich welche Periodenlänge gewählt ist",
  "cohort-words": "{cohort}: von {first} bis {last}.",
  "shows": "Zeigen", "shows-share": "Anteil noch nicht beendet",
  "shows-left": "Anzahl noch nicht beendet", "shows-each": "Alle Übergänge einer Kohorte",
  "triangle-caption": "{what} ({name}). Zeilen: Monat des Beginns. Spalten: {age}",
  "curves-caption": "{what} ({name}). Zeilen: {age}", "curve-words": "{name}. {figures}.",
  "picture-instead": "Diagramm zeigen",
  // Das Diagramm: Flächen, Balken, Anmerkungen, das Vorjahr
  "chart-area": "Flächendiagramm mit 95-%-Intervallen",
  "chart-bars": "Balkendiagramm mit 95-%-Intervallen",
  "bar-sample": "Balken: Schätzung; Linie: ihr 95-%-Intervall", "pale-bars": "Blass: vorläufig",
  "outlined-bars": "Blass: bisher gezählt; umrandet: was üblicherweise noch nachgemeldet wird",
  "no-upper-end": "Ohne oberes Ende: es kommt noch etwas hinzu",
  "counted-line": "Gepunktet, mit Kreuzen: bisher gezählt",
  "area-sample": "Gefüllt von null bis zur Schätzung",
  "change-mark": "Gepunktete senkrechte Linie: Was gezählt wird, ändert sich",
  "notes-label": "Anmerkungen zu den Nummern im Diagramm",
  "note-break": "Bruch in der Reihe. {note}.",
  "note-opened": "{dimension}: {code} wird von diesem Tag an gezählt.",
  "note-closed": "{dimension}: {code} wird von diesem Tag an nicht mehr gezählt.",
  "note-sources": "Neue Quelle von Ereignissen: {names}. {note}.",
  "compare": "Mit dem Vorjahr vergleichen", "series": "Reihe",
  "compare-none": "Zahlen des Vorjahres zum Vergleich gibt es nicht",
  "compare-key": "Dieselben Perioden des Vorjahres, mit ihren 95-%-Intervallen",
  "compare-line": "Die gestrichelte Linie zeigt dieselben Perioden des Vorjahres.",
  "compare-missing": "keine Zahl des Vorjahres",
  "compare-break": "mit dem Vorjahr nicht vergleichbar: Bruch in der Reihe",
  "compare-note": "Die Fehlerspanne einer Veränderung ist die Summe der Fehlerspannen beider "
    + "Zahlen; das genügt, gleich wie deren Fehler zusammenhängen. Enthält ihr Intervall die 0, "
    + "ist die Veränderung zu klein für eine Aussage.",
  "compare-note-rate": "Das Intervall einer Veränderung reicht vom unteren Ende des einen "
    + "Intervalls bis zum oberen des anderen; das genügt, gleich wie deren Fehler zusammenhängen. "
    + "Enthält es die 0, ist die Veränderung zu klein für eine Aussage.",
  "compare-caption": "Jede Periode und dieselbe Periode des Vorjahres, neueste zuerst",
  "compare-now": "Wert", "compare-then": "Ein Jahr zuvor", "compare-change": "Veränderung",
  "compare-range": "Intervall", "compare-unclear": "({value}) zu klein für eine Aussage",
  "points": "{number} Prozentpunkte",
  // Die Rangliste
  "view-ranking": "Rangliste",
  "ranking-label": "Nach dem Wert geordnete Balken mit 95-%-Intervallen",
  "ranking-not": "Von \u201e{name}\u201c gibt es keine Rangliste, weil die Statistik keine Liste "
    + "von Codes hat.",
  "ranking-by": "Rangliste nach", "ranking-list": "{name} ({n})",
  "ranking-groups": "{name}, Gruppen ({n})",
  "ranking-groups-level": "{name}, Gruppen der Stufe {level} ({n})",
  "ranking-caption": "{name} nach {list}{others}, {when}, der größte Wert zuerst",
  "ranking-all": "Alle {n} zeigen", "ranking-rest": "Die ersten {n} von {all}",
  "ranking-head": "Platz", "ranking-place": "{place}. {name}: {figure}. {interval}",
  "ranking-sign": "Die Intervalle der beiden Nachbarn überlappen sich",
  "ranking-unsure": "Reihenfolge nicht sicher: {names}. Jedes Intervall überlappt sich mit dem "
    + "nächsten.",
  "ranking-more": "{names} und {count} weitere",
  "ranking-unsure-more": {
    one: "An {count} weiteren Stelle ist die Reihenfolge von Nachbarn nicht sicher.",
    other: "An {count} weiteren Stellen ist die Reihenfolge von Nachbarn nicht sicher." },
  "ranking-sure": "Keine zwei benachbarten Intervalle überlappen sich.",
  "ranking-embargo": "Die Zahlen bis {period} sind gesperrt bis {until}",
  "ranking-none": "In dieser Periode gibt es keine Zahlen dieser Liste.",
  "ranking-by-none": "Eine Liste \u201e{by}\u201c für eine Rangliste gibt es hier nicht. Wählen "
    + "Sie eine andere.",
  "ranking-unpublished": {
    one: "Ausgelassen: {count} Code, dessen Quote nicht veröffentlicht ist, weil der Nenner null "
    + "sein kann",
    other: "Ausgelassen: {count} Codes, deren Quote nicht veröffentlicht ist, weil der Nenner null "
    + "sein kann" },
  "period-none": "Zahlen der Periode {period} gibt es in diesem Zeitraum nicht. Wählen Sie eine "
    + "andere Periode.",
  // What is not measured
  "rates-unpublished": "Für diese Perioden ist keine Quote veröffentlicht, weil der "
    + "Nenner null sein kann. Wählen Sie längere Perioden oder eine größere Gruppe.",
  "unmeasured-none": "Für diese Auswahl und Periodenlänge sind keine Zahlen veröffentlicht.",
  "unmeasured-length": "Diese Codes werden für Perioden dieser Länge nicht gemessen.",
  "unmeasured-together": "Nicht zusammen gemessen: {names}.",
  "unmeasured-detail": "Nicht in dieser Gliederung gemessen: {names}.",
  "unmeasured-instead": "Gemessen werden:",
  "unmeasured-maybe": "Vielleicht gibt es Zahlen hier:",
  // Der Lebenszyklus
  "view-lifecycle": "Lebenszyklus", "lifecycle-label": "Bild der Zustände und Übergänge",
  "lifecycle-not": "Von \u201e{name}\u201c gibt es keinen Lebenszyklus, weil die Statistik keine "
    + "Übergänge von einem Zustand in einen anderen zählt.",
  "lifecycle-caption": "Übergänge zwischen Zuständen{others}, {when}",
  "lifecycle-flow": "{name}, von \u201e{from}\u201c nach \u201e{to}\u201c: {figure}.",
  "lifecycle-other": "(Gezählt in: {statistic}.)",
  "lifecycle-stock": "{status}, am Ende der Periode: {figure} ({statistic})",
  "lifecycle-nothing": "keine Zahl für diese Codes",
  "lifecycle-what": "Übergang", "lifecycle-from": "Von", "lifecycle-to": "Nach",
  "lifecycle-statistic": "Gezählt in", "lifecycle-thick": "Ein Band dieser Dicke: {value}",
  "lifecycle-band": "Blasser Rand eines Bandes: bis zum oberen Ende des 95-%-Intervalls",
  "lifecycle-dashed": "Gestrichelt: Das Intervall enthält die 0",
  "lifecycle-provisional": "Blasse Bänder: vorläufig",
  "lifecycle-several": "Gepunktete Linien mit Kreisen: aus einem dieser Zustände; die Zahl sagt "
    + "nicht, wie viele aus welchem",
  "lifecycle-missing": "Nicht einzeln gezählt: {names}",
  "status-UNSEEN": "Bisher nicht erfasst", "status-ABROAD": "Im Ausland",
  "status-PRESENT": "Im Land", "status-AUTHORISED": "Aufenthalt genehmigt",
  "status-LAPSED": "Aufenthalt abgelaufen",
  "status-REVOKED": "Aufenthalt widerrufen", "status-ORDERED": "Zur Ausreise aufgefordert",
  "status-OVERDUE": "Frist abgelaufen", "status-SUSPENDED": "Aufforderung ausgesetzt",
  "status-CLOSED": "Abgeschlossen", "status-DEPARTED": "Ausgereist",
  "status-PENDING": "Anhängig", "status-DECIDED": "Entschieden", "status-APPEALED": "Angefochten",
  "take": "Herunterladen, zitieren, weiterverwenden", "downloads": "Herunterladen",
  "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV, nur Codes",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet", "download-xlsx": "Excel (XLSX)",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 generisch",
  "cite": "Zitieren", "call": "Dieselben Zahlen mit einem Programm abrufen",
  "embed": "Dieses Diagramm einbetten",
  "copy": "Kopieren", "copied": "Kopiert", "link": "Link zu dieser Ansicht",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. Stand des Registers: {size} Einträge, "
    + "Daten bis {period}. Schätzungen mit 95-%-Fehlerspannen. {address}",
  "reading": "Wie diese Zahlen zu lesen sind",
  "reading-1": "Wert und Fehlerspanne. Jede Zahl ist eine unverzerrte Schätzung dessen, was "
    + "gezählt wird. Die Fehlerspanne gilt nur für das Rauschen: Mit 95\u202f% Sicherheit liegt "
    + "das Gezählte darin.",
  "reading-bound": "Obergrenze. Was eine Obergrenze abschneidet, wird nicht gezählt und steht in "
    + "keiner Fehlerspanne, sondern neben den Zahlen.",
  "reading-late": "Nachmeldungen. Was zu spät kommt, steht in keiner Fehlerspanne einer Zählung; "
    + "die Fehlerspanne einer Schätzung des Endstands umfasst, was zu erwarten ist. Ob noch etwas "
    + "hinzukommt, steht neben den Zahlen.",
  "reading-2": "Negative Werte und Nullen. Das Rauschen kann in beide Richtungen gehen: Eine "
    + "kleine Anzahl kann unter null erscheinen, und eine Null kann für einige Personen stehen. "
    + "Solche Zahlen werden gezeigt, wie sie sind; bei null abgeschnitten, würden sie jede Summe "
    + "zu groß machen.",
  "reading-3": "Vorläufig. Spätere Messungen ändern die Zahl noch. Jeder frühere Stand bleibt "
    + "abrufbar.",
  "reading-4": "Geringe Verlässlichkeit. Die Fehlerspanne beträgt mehr als 30\u202f% der Zahl.",
  "reading-6": "Strukturelle Null. Nach den Codelisten gibt es dort nichts zu zählen, etwa an "
    + "einem geschlossenen Grenzübergang. Die Null ist bekannt und hat keine Fehlerspanne; in "
    + "einer Tabelle, deren Summen eigens gemessen werden, steht dort eine gemessene Zahl.",
  "reading-7": "Quellen. Eine Zahl wird auch dann veröffentlicht, wenn eine Behörde nicht "
    + "rechtzeitig geliefert hat. Das steht dann dabei, bis eine spätere Messung der Periode "
    + "enthält, was die Behörde geliefert hat.",
  "reading-5": "Rundung. Zahlen mit Fehlerspannen ab 1 werden ganzzahlig veröffentlicht, und "
    + "Tabellenfelder und Perioden ergeben zusammen genau die Summen. Die Fehlerspanne enthält die "
    + "Rundung. Dateien haben mit decimals=3 in der Adresse Tausendstel.",
  "about": "Über diese Statistik", "quality": "Qualität",
  "meta-publisher": "Herausgeber", "meta-basis": "Rechtsgrundlage", "meta-purpose": "Zweck",
  "meta-contact": "Kontakt", "meta-area": "Gebiet", "meta-unit": "Maßeinheit",
  "meta-step": "Kleinste Periode", "meta-dimensions": "Dimensionen", "meta-id": "Kennung",
  "meta-breaks": "Brüche in der Reihe", "meta-break": "ab {from}: {note}",
  "meta-bound": "Höchstens gezählt",
  "meta-bound-times": { one: "einmal je Person und {window}",
    other: "{count}-mal je Person und {window}" },
  "meta-codes": { one: "{name} ({count} Code)", other: "{name} ({count} Codes)" },
  "word-year": "Jahr", "word-month": "Monat", "word-quarter": "Quartal", "word-day": "Tag",
  "word-quarter_hour": "Viertelstunde", "word-hour": "Stunde", "word-week": "Woche",
  "unit-PERSONS": "Personen", "unit-EVENTS": "Ereignisse", "quality-accuracy": "Genauigkeit",
  "quality-accuracy-words": {
    one: "Die gezeigte Zahl hat eine Fehlerspanne von {widest}. Zahlen mit geringer "
    + "Verlässlichkeit: {weak}.",
    other: "Die Hälfte der {count} gezeigten Zahlen hat eine Fehlerspanne von {median} oder "
    + "weniger; die größte ist {widest}. Zahlen mit geringer Verlässlichkeit: {weak}." },
  "quality-time": "Aktualität",
  "quality-time-words": {
    one: "Die letzte Veröffentlichung erschien {latest} nach dem Ende ihrer Periode.",
    other: "Die letzten {count} Veröffentlichungen erschienen im Median {median} nach dem Ende "
    + "ihrer Periode, spätestens {latest} danach." },
  "quality-time-simulated": "Nicht verfügbar: Die Daten sind synthetisch; ihre Veröffentlichungen "
    + "entstanden, als die Simulation lief.",
  "quality-nowcasts": "Schätzungen, die zutrafen",
  "quality-nowcasts-words": { one: "Bei {count} Schätzung, deren letzte Nachmeldungen gezählt "
    + "sind, lag die endgültige Zahl in {held} der Fälle im Intervall; im Intervall der ersten "
    + "Zählung allein lag sie in {counts} der Fälle. Beide Intervalle enthalten auch das Rauschen "
    + "dessen, was nachgemeldet wurde.",
    other: "Bei {count} Schätzungen, deren letzte Nachmeldungen gezählt sind, lag die endgültige "
    + "Zahl in {held} der Fälle im Intervall; im Intervall der ersten Zählung allein lag sie in "
    + "{counts} der Fälle. Beide Intervalle enthalten auch das Rauschen dessen, was nachgemeldet "
    + "wurde." },
  "quality-nowcasts-none": "Noch keine ist abgeschlossen.",
  "quality-revisions": "Revisionen",
  "quality-revisions-none": {
    one: "Keine der gezeigten Zahlen hat sich mit der letzten Veröffentlichung geändert.",
    other: "Keine der gezeigten Zahlen hat sich in den letzten {count} Veröffentlichungen "
    + "geändert." },
  "quality-revisions-some": {
    one: "Zahlen, die vor der letzten Veröffentlichung schon erschienen waren: {shared}. Seither "
    + "geändert: {changed}, im Median um {median}; ihre Fehlerspanne betrug im Median {margin}.",
    other: "Zahlen, die vor {count} Veröffentlichungen schon erschienen waren: {shared}. Seither "
    + "geändert: {changed}, im Median um {median}; ihre Fehlerspanne betrug im Median {margin}." },
  "quality-revisions-short": "Noch zu wenige Veröffentlichungen.", "privacy": "Datenschutz",
  "privacy-flow": "Diese Statistik verbraucht \u03c1 {rho} je {window}, gleich welche Zahlen sich "
    + "ergeben.",
  "windows-minute": { one: "{count} Minute", other: "{count} Minuten" },
  "windows-hour": { one: "{count} Stunde", other: "{count} Stunden" },
  "windows-day": { one: "{count} Tag", other: "{count} Tage" },
  "windows-week": { one: "{count} Woche", other: "{count} Wochen" },
  "windows-month": { one: "{count} Monat", other: "{count} Monate" },
  "windows-quarter": { one: "{count} Quartal", other: "{count} Quartale" },
  "windows-year": { one: "{count} Jahr", other: "{count} Jahre" },
  "spent-plan": "Verbraucht in der Laufzeit des Plans ({windows})",
  "spent-window": "Verbraucht: {period}", "rho-of": "\u03c1 {spent} von {budget} ({share})",
  "privacy-epsilon": "Das Budget von \u03c1 {budget} je {window} entspricht {epsilon}. Es wird zu "
    + "Beginn des Zeitraums für alle seine Veröffentlichungen belastet. Die Laufzeit des Plans "
    + "beträgt {windows}; nichts erneuert ihn.",
  "epsilon-at": "\u03b5\u00a0{epsilon} bei \u03b4\u00a0{delta}", "ledger": "Register",
  "ledger-lead": "Jede Belastung und jede Veröffentlichung ist ein Eintrag in einem öffentlichen "
    + "Register, das nur wächst und das jeder prüfen kann. Diese Seite prüft es hier, in Ihrem "
    + "Browser.",
  "ledger-short": "Jede Belastung und jede Veröffentlichung ist ein Eintrag in einem öffentlichen "
    + "Register, das nur wächst.",
  "ledger-state": { one: "{count} Eintrag, vom {at}. Wurzel {root}",
    other: "{count} Einträge, der jüngste vom {at}. Wurzel {root}" },
  "ledger-open": "In diesem Browser prüfen", "checkpoint": "Signierter Registerstand",
  "verification": "Prüfung",
  "verify-program": "Mit dem Programm prüfen, einschließlich der Belastungen",
  "entries": "Einträge", "entry": "Eintrag", "what": "Was", "subject": "Betrifft", "when": "Wann",
  "digest": "Prüfsumme", "check": "Datei prüfen", "newer": "Neuere", "older": "Ältere",
  "entries-shown": "Einträge {from} bis {to} von {size}, neueste zuerst",
  "kind-genesis": "Anfang", "kind-plan": "Plan", "kind-charge": "Belastung",
  "kind-amendment": "Änderung",
  "kind-release": "Veröffentlichung", "waiting": "\u2026", "ok": "Geprüft",
  "bad": "Prüfung nicht bestanden",
  "check-signature": "Der Registerstand trägt eine gültige Ed25519-Signatur des Schlüssels {key}",
  "check-root": { one: "Die veröffentlichte Prüfsumme des einzigen Eintrags ergibt die "
    + "Merkle-Wurzel des Registerstands, {root}",
    other: "Die veröffentlichten Prüfsummen aller {count} Einträge ergeben die Merkle-Wurzel des "
    + "Registerstands, {root}" },
  "check-entries": { one: "Der einzige Eintrag passt zu dieser Prüfsumme",
    other: "Alle {count} Einträge passen zu diesen Prüfsummen" },
  "check-shown": "Die unten gezeigten Einträge {from} bis {to} passen zu diesen Prüfsummen",
  "check-progress": { one: "{done} von {count} Eintrag", other: "{done} von {count} Einträgen" },
  "verify-all": "Alle Einträge prüfen",
  "check-seen": {
    one: "Das Register, das Sie zuvor sahen ({count} Eintrag), ist der Anfang von diesem",
    other: "Das Register, das Sie zuvor sahen ({count} Einträge), ist der Anfang von diesem" },
  "check-first": "Sie sehen dieses Register zum ersten Mal. Sein Stand wird nur in diesem Browser "
    + "gespeichert, zum Vergleich beim nächsten Besuch",
  "check-cannot": "Browser prüfen nur über https oder auf demselben Rechner. Verwenden Sie das "
    + "Programm.",
  "check-key-note": "Der Schlüssel kommt von diesem Server. Vergleichen Sie ihn mit dem, den der "
    + "Herausgeber anderswo veröffentlicht: Erst dann beweist eine Signatur, wer signiert hat.",
  "embed-source": "Quelle: {controller}, {title}.", "embed-open": "Ganze Ansicht öffnen",
  // Was jede Statistik hat, gleich welcher Plan.
  "dimension-FREQ": "Periodizität", "dimension-REF_AREA": "Gebiet",
  "dimension-INDICATOR": "Indikator", "dimension-UNIT": "Einheit",
  "code-INDICATOR-STOCK": "Bestand am Ende der Periode",
  "code-INDICATOR-ARRIVALS": "Zugänge", "code-INDICATOR-DEPARTURES": "Abgänge",
  // Zeichen der Sprache.
  "labelled": "{label}: {words}", "quoted": "\u201e{text}\u201c",
  // Warum es keine Antwort gibt.
  "error-busy": "der Server ist zurzeit überlastet",
  "error-timeout": "der Server hat zu lange gebraucht",
  "error-network": "der Server ist nicht erreichbar",
  "error-not-ready": "der Server hat noch kein geprüftes Register",
  "error-not-found": "unter dieser Adresse gibt es nichts",
  "error-too-large": "die Antwort wäre zu groß; wählen Sie weniger Codes oder einen kürzeren "
    + "Zeitraum",
  "error-uri-too-long": "die Adresse ist zu lang; wählen Sie weniger Codes",
  "error-unmeasured": "diese Codes werden für Perioden dieser Länge nicht gemessen; wählen Sie "
    + "längere Perioden oder gröbere Codes",
  "error-unverified": "eine Datei passt nicht zum Register und wird deshalb nicht gezeigt",
  "error-unwritable": "die Antwort lässt sich nicht schreiben",
  "error-parameter": "die Adresse hat einen Parameter, der nicht verstanden wird",
  "error-key": "der Schlüssel in der Adresse passt nicht zur Statistik",
  "error-unknown-code": "die Adresse nennt einen Code, den es nicht gibt",
  "error-unknown-dataflow": "die Adresse nennt eine Statistik, die es nicht gibt",
  // Was ein Budget einer Person verspricht, Begriffe des Glossars, und was einer Zahl fehlt.
  "odds-caption": "Ließe sich erraten, ob eine Person gezählt wurde?",
  "odds-one-month": "Ein Monat", "odds-one-quarter": "Ein Quartal", "odds-one-year": "Ein Jahr",
  "odds-all": "Gesamte Laufzeit des Plans: {windows}",
  "odds-most": "in höchstens {odds} von 100 Fällen richtig",
  "odds-almost": "fast 100", "odds-toss": "50: ein Münzwurf", "odds-sure": "100: sicher",
  "odds-chance": "durch Zufall richtig",
  "odds-gain": "was alles hier Veröffentlichte höchstens hinzufügen kann",
  "odds-month": "Angenommen, ein Münzwurf entscheidet, ob eine Person überhaupt in den Daten "
    + "steht: Wer sonst alles auf der Welt weiß und alles kennt, was von den Messungen eines "
    + "Monats veröffentlicht ist, errät den Wurf in höchstens {odds} von 100 Fällen; ohne das "
    + "Veröffentlichte in 50 Fällen.",
  "odds-quarter": "Angenommen, ein Münzwurf entscheidet, ob eine Person überhaupt in den Daten "
    + "steht: Wer sonst alles auf der Welt weiß und alles kennt, was von den Messungen eines "
    + "Quartals veröffentlicht ist, errät den Wurf in höchstens {odds} von 100 Fällen; ohne das "
    + "Veröffentlichte in 50 Fällen.",
  "odds-year": "Angenommen, ein Münzwurf entscheidet, ob eine Person überhaupt in den Daten "
    + "steht: Wer sonst alles auf der Welt weiß und alles kennt, was von den Messungen eines "
    + "Jahres veröffentlicht ist, errät den Wurf in höchstens {odds} von 100 Fällen; ohne das "
    + "Veröffentlichte in 50 Fällen.",
  "odds-moved-one": "Was eine Person innerhalb von einem {window} tut, bewegt nur, was darin "
    + "gemessen wird.",
  "odds-moved": "Was eine Person innerhalb von einem {window} tut, kann Messungen aus mehreren "
    + "bewegen ({windows}), weil Nachmeldungen zählen, wenn sie kommen, und wer anwesend ist, "
    + "gezählt bleibt: Dafür allein liegt die Grenze bei {odds} von 100 Fällen.",
  "odds-life": "Für Personen, die immer wieder gezählt werden, summiert sich das: über die gesamte "
    + "Laufzeit des Plans ({windows}) auf höchstens {life} von 100 Fällen.",
  "odds-life-open": "Für Personen, die immer wieder gezählt werden, summiert sich das: Über die "
    + "gesamte Laufzeit des Plans ({windows}) liegt die Grenze bei {life} von 100 Fällen. Das "
    + "Versprechen gilt also je {window} und nicht für alle zusammen.",
  "calendar-month": "Kalendermonat", "calendar-quarter": "Kalenderquartal",
  "calendar-year": "Kalenderjahr",
  "privacy-unit": "Geschützt ist als Ganzes alles über eine Person, wann immer es geschah, in "
    + "dem, was in einem {window} gemessen wird.",
  "privacy-limit": "Die Grenzen sind keine Schätzungen: Niemand kann besser raten, gleich wie viel "
    + "er weiß. Sie gelten für eine Person; eine Gruppe, die immer gemeinsam gezählt wird, ist "
    + "weniger geschützt.",
  "privacy-details": "Budget, Rho und Epsilon", "privacy-plan": "Was der Plan verspricht",
  "terms-line": "Was die Wörter bedeuten:",
  "term-amendment": "Änderung des Plans", "term-bound": "Obergrenze",
  "term-break": "Bruch in der Reihe",
  "term-budget": "Budget", "term-charge": "Belastung", "term-checkpoint": "Registerstand",
  "term-dataflow": "Statistik (Dataflow)", "term-dimension": "Dimension",
  "term-embargo": "Sperrfrist", "term-epsilon": "Epsilon und Delta", "term-estimate": "Schätzung",
  "term-interval": "Intervall (95\u202f%)", "term-late": "Nachgemeldetes Ereignis",
  "term-ledger": "Register",
  "term-life-cycle": "Lebenszyklus", "term-low-reliability": "Geringe Verlässlichkeit",
  "term-margin": "Fehlerspanne", "term-noise": "Rauschen",
  "term-nowcast": "Nowcast", "term-plan": "Plan",
  "term-privacy-unit": "Schutzeinheit", "term-provisional": "Vorläufig",
  "term-release": "Veröffentlichung", "term-retention": "Aufbewahrung", "term-revised": "Revidiert",
  "term-rho": "Rho (zCDP)", "term-root": "Wurzel", "term-series": "Reihe",
  "term-silent": "Quelle ohne Lieferung", "term-source": "Quelle", "term-step": "Schritt",
  "term-structural-zero": "Strukturelle Null", "term-synthetic": "Synthetische Daten",
  "term-unit": "Maßeinheit", "term-vintage": "Messung (Vintage)", "term-window": "Schutzzeitraum",
  "bound-cuts": "Eine Person zählt hier höchstens {bound}; was darüber hinausgeht, fehlt.",
  "that-month": "dieses Monats", "that-quarter": "dieses Quartals", "that-year": "dieses Jahres",
  "bound-reached": "Personen, die im Lauf {window} darüber hinauskamen, bis einschließlich "
    + "{period}: {figure}.",
  "bound-lacks-none": "Ihretwegen fehlt hier noch nichts.",
  "bound-lacks": "Ihretwegen fehlen in jeder Zahl hier höchstens {most}.",
  "bound-lacks-late": "Von dem, was rechtzeitig gemeldet wurde, fehlen ihretwegen in jeder Zahl "
    + "hier höchstens {most}.",
  "bound-unmeasured": "Wie viele Personen das betrifft, wird nicht gemessen.",
  "rest-told": "{flow} enthält es, nach {told}.",
  "rest-told-not": "{flow} enthält es, nach {told}, nicht nach {cell}.",
  "rest-groups": "Gruppen von {name}", "rest-total": "insgesamt",
  "rest-range": "Damit sind es im Zeitraum {period} mindestens {least} und höchstens {most}.",
  "rest-apart": "Im Zeitraum {period} sind das {figure}.",
  "rest-cut": "Nicht enthalten ist, was die Obergrenze von {flow} abschneidet.",
  "rest-lacks": "Ihretwegen fehlen höchstens noch {most}.",
  "rest-lacks-late": "Von dem, was rechtzeitig gemeldet wurde, fehlen ihretwegen höchstens noch "
    + "{most}.",
  "bound-more": "Was eine Obergrenze abschneidet",
  "provisional-parts": "Vorläufig, weil eine Zahl vorläufig ist, aus der sie berechnet wird.",
  "provisional-late": "Vorläufig: Nachgemeldete Ereignisse kommen noch hinzu, zuletzt mit der "
    + "Veröffentlichung „{period}“.",
  "provisional-refined": "Vorläufig: Bis zum Ende {window} macht jede weitere Messung die Zahl "
    + "noch genauer.",
  "final-late": "Endgültig: Was mehr als {time} zu spät gemeldet wird, fehlt in diesen Zahlen.",
  "final-once": "Endgültig: Was zu spät gemeldet wird, fehlt in diesen Zahlen.",
  "final-present": "Nicht revidiert: Was zu spät gemeldet wird, ändert nur die Zahlen späterer "
    + "Perioden.",
  "final-parts": "Endgültig: Was für die Zahlen zu spät kommt, aus denen sie berechnet wird, "
    + "fehlt.",
  "late-moved": "Nachmeldungen zu früheren Perioden dieser Reihe änderten die Zahlen im Mittel um "
    + "{value} (± {margin}, von {from} bis {to}).",
  "bound-times": "{times} je {window}",
  "bound-times-both": "{times} je {window} und {month} je Monat",
  "times": { one: "einmal", other: "{count}-mal" },
  "method-coverage": "Abdeckung", "method-concepts": "Begriffe und Definitionen",
  "method-population": "Wer gezählt wird", "method-release_policy": "Veröffentlichungspolitik",
  "method-accuracy": "Genauigkeit", "method-comparability": "Vergleichbarkeit",
  "method-revision_policy": "Revisionspolitik", "method-source_data": "Datenquellen",
  "method-comment": "Anmerkung", "method": "Methode", "method-more": "Methode und Qualität im Plan",
  // Was nur der Server schreibt, für Leser ohne Skripte und für geteilte Links.
  "noscript": "Diagramme, Karten und die Auswahl brauchen JavaScript. Die Zahlen stehen auch ohne "
    + "JavaScript hier.",
  "served-series": "Reihe",
  "served-many": "Es gibt {count} Reihen, mehr als diese Seite ohne JavaScript aufführt. Die "
    + "Dateien enthalten alle.",
  "card-released": "Veröffentlicht am {date}",
  "plan-noscript": "Die Regeln des Plans in einfachen Sätzen und das Glossar brauchen JavaScript. "
    + "Seine Statistiken stehen auch ohne JavaScript hier.",
  // Adressen und Stände, die es nicht gibt.
  "lost-day": "Die Adresse enthält {name}={value}; das ist kein gültiges Datum.",
  "lost-size": "Die Adresse enthält {name}={value}; das Register hat aber nur {size} Einträge.",
  "error-embargo": "dieser Stand des Registers unterliegt noch einer Sperrfrist",
  "error-estimate": "aus dem, was veröffentlicht ist, lässt sich keine Zahl berechnen; bitte sagen "
    + "Sie es der herausgebenden Stelle",
};
