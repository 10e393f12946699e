// Deutsch: die Seite des Plans und das Glossar.
export default {
  // Die Seite.
  "plan": "Der Plan in Worten", "plan-contents": "Auf dieser Seite",
  "plan-lead": "Ein Plan steht fest, bevor das erste Ereignis gezählt wird, und er ist "
    + "öffentlich. Er sagt, was gezählt wird, wann es veröffentlicht wird, wie oft eine Person "
    + "höchstens zählt, was diese Person schützt und was in den Zahlen fehlt.",
  "plan-toml": "Den Plan als Text herunterladen (TOML)",
  "plan-span": "Zeitraum", "plan-span-words": "{from} bis {to}",
  "plan-zone": "Zeitzone", "plan-agency": "Kennung",
  // Ihre Teile.
  "part-counted": "Was gezählt wird", "part-releases": "Wann veröffentlicht wird",
  "part-person": "Wie oft eine Person höchstens zählt", "part-cost": "Was es an Datenschutz kostet",
  "part-cut": "Was nicht gezählt wird", "part-late": "Was spät kommt, und Revisionen",
  "part-cycle": "Zustände und Ereignisse", "part-method": "Methode und Qualität",
  "part-amendments": "Bisherige Änderungen", "part-glossary": "Glossar",
  // Eine Statistik.
  "flow-open": "Zu den Zahlen", "flow-what": "Was gezählt wird", "flow-only": "Nur",
  "flow-unit": "Einheit", "flow-periods": "Perioden", "flow-dimensions": "Gegliedert nach",
  "flow-bound": "Höchstens je Person", "flow-cost": "Kosten (Datenschutz)",
  "flow-late": "Nachmeldungen",
  "flow-measured": "Gemessen", "flow-breaks": "Brüche",
  "flow-of": "Berechnet aus",
  "what-flow": "Was in einer Periode geschieht: jeder Übergang von einem Zustand in einen anderen, "
    + "in der Periode, in der er geschieht.",
  "what-balance": "Wie viele Personen am Ende jeder Periode im Zustand {statuses} sind, sowie die "
    + "Zu- und Abgänge in der Zwischenzeit. Die drei Zahlen passen exakt zueinander.",
  "what-stock": "Wie viele Personen am Ende jeder Periode im Zustand {statuses} sind.",
  "what-duration": "Die Zeit, die Personen im Zustand {statuses} verbringen. Sie zählt in der "
    + "Periode, in der sie endet, nach ihrer Länge.",
  "what-cohort": "Alle, die neu in den Zustand {statuses} kommen, und was später mit ihnen "
    + "geschieht, nach der Zahl der Kalendermonate seither.",
  "what-transition": "Was in einer Periode geschieht, für jede Person nur das erste Mal je "
    + "{window} und Tabellenfeld.",
  "what-at_bound": "Personen, die die Obergrenze von \u201e{flow}\u201c erreichen und bei denen "
    + "danach noch etwas geschieht: Das fehlt dort. Jede zählt einmal je {window}, und zwar, wenn "
    + "das zum ersten Mal vorkommt.",
  "what-rate": "Eine veröffentlichte Zahl geteilt durch eine andere, mit dem Intervall, das aus "
    + "beiden folgt.",
  "unit-words-EVENTS": "Ereignisse: Jedes Ereignis zählt, auch mehrere derselben Person.",
  "unit-words-PERSONS": "Personen.",
  "periods-words": "{grains}. Die kürzeste Periode: {step}; längere setzen sich aus ihr zusammen.",
  "grains-N15": "Viertelstunden", "grains-H": "Stunden", "grains-D": "Tage",
  "grains-W": "Wochen", "grains-M": "Monate", "grains-Q": "Quartale", "grains-A": "Jahre",
  "dimension-codes": { one: "{name} ({count} Code)",
    other: "{name} ({count} Codes)" },
  "dimension-groups": {
    one: "{name} ({n} Codes in {count} Gruppe)",
    other: "{name} ({n} Codes in {count} Gruppen)" },
  "dimensions-none": "Nichts: Es gibt nur die Summe.",
  "measured-all": "Jede Kombination von Codes, in jeder Periode.",
  "measured-some": "Nicht jede Kombination von Codes ist genau genug, um für kurze Perioden "
    + "veröffentlicht zu werden.",
  "measured-total": "nur insgesamt", "measured-groups": "{name} in Gruppen",
  "measured-from": "{names}: {grains} und längere Perioden",
  "apart-words": "Keine Summe gibt es über: {names}. Eine Person kann in jedem Code einmal zählen.",
  "bound-window": "{n} je {window}", "bound-both": "{n} je {window}, {month} je Monat",
  "bound-first": "{bound}: die ersten, die {flow} von jeder Person zählt",
  "cost-words": "\u03c1 {rho} je {window}, das sind {share} des Budgets ({window}).",
  "cost-none": "Nichts: Die Quote wird aus veröffentlichten Zahlen berechnet.",
  "late-vintages": "Jede Periode ({step}) wird noch einmal gemessen, {after} später, und was "
    + "seither gekommen ist, kommt hinzu. Bis dahin ist ihre Zahl vorläufig.",
  "late-once": "Jede Periode ({step}) wird einmal gemessen. Was nach ihrem Abschluss eintrifft, "
    + "fehlt in ihr.",
  "late-present": "Ein nachgemeldetes Ereignis ändert die Zahl der Personen mit der nächsten "
    + "Veröffentlichung. Frühere Zahlen bleiben, wie sie sind.",
  "late-refined": "Die Zahlen einer Periode ({step}) werden mit jeder weiteren desselben "
    + "Schutzzeitraums ({window}) genauer und sind endgültig, wenn er endet.",
  // Veröffentlichungen.
  "release-step": "Je {step} werden Zahlen veröffentlicht: {n} Statistiken, jedes Mal alle, ob "
    + "viel oder wenig geschehen ist.",
  "release-step-one": "Je {step} werden Zahlen veröffentlicht, ob viel oder wenig geschehen ist.",
  "release-delay": "Eine Periode ({step}) wird {delay} nach ihrem Ende abgeschlossen. Bis dahin "
    + "zählen Nachmeldungen als rechtzeitig.",
  "release-prompt": "Eine Periode ({step}) wird abgeschlossen, sobald sie endet.",
  "release-embargo": "Veröffentlichte Zahlen bleiben gesperrt bis {hour} Uhr ({zone}), damit alle "
    + "sie zur selben Zeit erhalten.",
  "release-open": "Zahlen sind öffentlich, sobald sie veröffentlicht sind.",
  "release-sources": "Eine Periode ({step}) wartet auf ihre Quellen, höchstens {wait} länger. "
    + "Dann wird sie ohne die veröffentlicht, die nicht geliefert haben, und die Zahlen sagen, "
    + "welche das sind.",
  "release-source": "{name}: erklärt jede Periode ({every}) für vollständig, Frist: {within}",
  "release-source-days": "{name}, ab {from}: erklärt jede Periode ({every}) für vollständig, "
    + "Frist: {within}",
  "release-last": "Der letzte Tag, der gezählt wird, ist der {last}. Nichts verlängert den Plan.",
  "release-once": "Eine Veröffentlichung geschieht einmal und wird nie zurückgenommen. Gleich "
    + "wodurch sie berichtigt wird: Die früheren Zahlen bleiben abrufbar.",
  // Eine Person.
  "person-lead": "Rauschen kann eine Person nur schützen, wenn niemand unbegrenzt oft zählt. "
    + "Deshalb sagt der Plan für jede Statistik, wie oft eine Person höchstens zählt. Die "
    + "Obergrenzen stehen fest, bevor es Daten gibt; was über sie hinausgeht, fehlt in den Zahlen.",
  "table-bounds": "Obergrenzen der Statistiken", "table-costs": "Kosten der Statistiken",
  "col-flow": "Statistik", "col-window": "Je {window}", "col-month": "Je Monat",
  "col-rho": "\u03c1 je {window}", "col-share": "Anteil am Budget", "none": "\u2013",
  "row-left": "Nicht verwendet", "row-window": "Budget ({window})",
  "row-life": "Budget des Plans, {windows}",
  // Kosten.
  "cost-lead": "Alles, was über einen Schutzzeitraum ({window}) veröffentlicht wird, darf zusammen "
    + "höchstens \u03c1 {budget} verbrauchen. Das Budget wird zu Beginn belastet, gleich welche "
    + "Zahlen sich ergeben. Der Plan erlaubt {windows} und damit insgesamt \u03c1 {life}; nichts "
    + "erneuert es.",
  "cost-epsilon": "\u03c1 {budget} entspricht {epsilon}.",
  // Nicht gezählt.
  "cut-bound": "Was eine Person über die Obergrenze einer Statistik hinaus tut, fehlt in ihr. Wie "
    + "viele Personen das betrifft, ist selbst veröffentlicht für: {flows}.",
  "cut-bound-none": "Was eine Person über die Obergrenze einer Statistik hinaus tut, fehlt in ihr. "
    + "Dieser Plan misst nicht, wie viele Personen das betrifft.",
  "cut-newest": "{flow}, {when}: {figure}.",
  "cut-once": "In einer Statistik von Personen zählt dieselbe Person je {step} und Tabellenfeld "
    + "einmal. Was mit ihr darin noch einmal geschieht, kommt nicht hinzu.",
  "cut-cycle": "Ein Ereignis, das im Zustand einer Person unmöglich ist, etwa die Ausreise von "
    + "jemandem, der schon ausgereist ist, ändert nichts und wird nicht gezählt.",
  "cut-codes": "Ein Ereignis mit einem Code, den der Plan nicht hat oder der an diesem Tag nicht "
    + "galt, wird abgewiesen.",
  "cut-start": "Was vor dem {start} geschah oder nach dem {end} geschieht, wird nicht gezählt.",
  "cut-small": "Nichts wird unterdrückt, weil es klein ist. Kleine Zahlen werden wie alle anderen "
    + "mit Rauschen veröffentlicht und können sogar negativ sein.",
  // Spät.
  "late-retention": "Ein Ereignis wird nach seiner eigenen Periode ({step}) noch {steps} lang "
    + "angenommen und aufbewahrt. Was später kommt, ändert nichts.",
  "late-forever": "Ereignisse werden unbefristet aufbewahrt, sodass auch Nachmeldungen noch zählen "
    + "können.",
  "late-forgotten": "Eine Person, zu der {windows} lang kein Ereignis kommt, wird vergessen, "
    + "sofern sie nicht noch als anwesend gezählt wird.",
  "late-corrections": "Eine Quelle kann ein Ereignis berichtigen oder zurückziehen. Die "
    + "Berichtigung zählt bei der nächsten Messung seiner Periode und nach der letzten nicht mehr.",
  "late-every": "Alle Statistiken",
  // Zustände und Ereignisse.
  "cycle-lead": "Jede Person ist zu jeder Zeit in einem Zustand. Ereignisse führen von einem "
    + "Zustand in einen anderen, und gezählt werden diese Übergänge. Hat ein Zustand keine Zeile "
    + "für ein Ereignis, so ändert es nichts.",
  "cycle-border": "Eine Person ist im Ausland oder im Land. Wer bisher nicht erfasst ist, kann "
    + "einreisen oder ausreisen.",
  "cycle-stay": "Eine Person reist mit einem genehmigten Aufenthalt ein, der neu genehmigt, "
    + "verlängert oder widerrufen werden kann. Vergeht sein letzter Tag ohne erfasste Ausreise, so "
    + "ist er abgelaufen; eine Ausreise danach ist verspätet. Die Einreise kann auch verweigert "
    + "werden.",
  "cycle-return": "Eine Person wird zur Ausreise aufgefordert. Die Aufforderung kann ausgesetzt, "
    + "wieder in Kraft gesetzt, zurückgenommen oder durch eine neue ersetzt werden, und ihre Frist "
    + "kann ablaufen. Die Person reist aus, mit oder ohne Aufforderung. Die Einreise kann auch "
    + "verweigert werden.",
  "cycle-asylum": "Eine Person stellt einen Antrag, zum ersten Mal oder erneut. Der Antrag wird "
    + "zurückgenommen oder in erster Instanz entschieden. Eine Entscheidung wird angefochten oder "
    + "nach einer Frist von selbst rechtskräftig. Ein Rechtsbehelf wird zurückgenommen oder endet "
    + "mit einer rechtskräftigen Entscheidung.",
  "cycle-table": "Alle Übergänge", "col-from": "Von", "col-event": "Was geschieht",
  "col-to": "Nach", "cycle-until": "{name}, wenn das Datum vorbei ist",
  "cycle-after": "{name}, Frist: {days}", "cycle-named": "{kind}: {name}",
  "event-ENTRY": "Einreise", "event-EXIT": "Ausreise", "event-REFUSAL": "Einreiseverweigerung",
  "event-GRANT": "Neue Genehmigung",
  "event-EXTENSION": "Verlängerung", "event-REVOCATION": "Widerruf",
  "event-LAPSE": "Der Aufenthalt läuft ab",
  "event-DEPARTURE_UNSEEN": "Ausreise einer bisher nicht erfassten Person",
  "event-DEPARTURE_IN_TIME": "Rechtzeitige Ausreise",
  "event-DEPARTURE_LATE": "Verspätete Ausreise",
  "event-DECISION": "Entscheidung", "event-NEW_DECISION": "Neue Entscheidung",
  "event-SUSPENSION": "Aussetzung", "event-RESUMPTION": "Wiederinkraftsetzung",
  "event-WITHDRAWAL": "Rücknahme", "event-DEPARTURE": "Ausreise",
  "event-DEPARTURE_IN_TERM": "Ausreise innerhalb der Frist",
  "event-DEPARTURE_AFTER_TERM": "Ausreise nach Ablauf der Frist",
  "event-DEPARTURE_WITHOUT_DECISION": "Ausreise ohne Aufforderung",
  "event-TERM_ENDED": "Die Frist läuft ab", "event-APPLICATION": "Antrag",
  "event-FIRST_APPLICATION": "Erstantrag",
  "event-SUBSEQUENT_APPLICATION": "Folgeantrag", "event-APPEAL": "Rechtsbehelf",
  "event-APPEAL_WITHDRAWN": "Rücknahme des Rechtsbehelfs",
  "event-FINAL_DECISION": "Rechtskräftige Entscheidung",
  "event-FINAL_UNAPPEALED": "Rechtskräftig ohne Rechtsbehelf",
  // Änderungen.
  "amendments-lead": "Eine Änderung ist öffentlich, bevor die erste Veröffentlichung erscheint, "
    + "die sie betrifft. Sie ändert nie eine Obergrenze, das Rauschen oder das Budget.",
  "amendments-none": "Keine.",
  "amendment-from": "Ab {from}", "amendment-entry": "Registereintrag {entry}",
  "amendment-added": "Neuer Code {code} in der Liste {list}: {name}",
  "amendment-closed": "Code {code} der Liste {list} ist geschlossen",
  "amendment-renamed": "Code {code} der Liste {list} heißt jetzt \u201e{name}\u201c",
  "amendment-break": "Bruch in \u201e{flow}\u201c: {note}",
  "amendment-source": "Eine Quelle kommt hinzu: {name}",
  "amendment-text": "Text der Änderung",
  // Das Glossar.
  "glossary-lead": "Die Wörter dieser Seiten, jedes in ein oder zwei Sätzen.",
  "means-amendment": "Eine öffentliche Änderung des Plans. Sie kann Codes hinzufügen, schließen "
    + "oder umbenennen oder einen Bruch kennzeichnen, aber nie eine Obergrenze, das Rauschen oder "
    + "das Budget ändern.",
  "means-bound": "Wie oft eine Person in einem Schutzzeitraum oder in einem Monat höchstens "
    + "zählt. Was darüber hinausgeht, fehlt in den Zahlen, und wer so oft gezählt wurde und "
    + "wiederkommt, ist über der Obergrenze; ohne sie könnte Rauschen niemanden schützen.",
  "means-break": "Ab hier folgen die Zahlen einer anderen Regel oder Quelle. Eine Veränderung an "
    + "dieser Stelle kann daher kommen und nicht von dem, was geschehen ist.",
  "means-budget": "Wie viel Rho für eine Person höchstens verbraucht werden darf: in einem "
    + "Schutzzeitraum und in allen des Plans zusammen. Was verbraucht ist, kommt nie zurück.",
  "means-charge": "Ein Eintrag im Register, der dem Budget Rho entnimmt. Er wird gemacht, bevor "
    + "etwas veröffentlicht wird, das dieses Rho verbraucht.",
  "means-checkpoint": "Die Zahl der Einträge und die Wurzel des Registers, vom Herausgeber "
    + "signiert.",
  "means-dataflow": "Eine Statistik des Plans, mit eigenen Dimensionen, eigener Obergrenze und "
    + "eigenem Anteil am Budget.",
  "means-dimension": "Eine Eigenschaft, nach der Zahlen gegliedert sind, etwa die "
    + "Staatsangehörigkeit. Sie hat eine geschlossene Liste von Codes.",
  "means-embargo": "Eine veröffentlichte Zahl bleibt bis zu einer Uhrzeit gesperrt, die der Plan "
    + "nennt, damit alle sie zur selben Zeit erhalten.",
  "means-epsilon": "Ein anderes Maß für dasselbe wie Rho, in der Fachliteratur verbreitet. Hier "
    + "ist es aus Rho berechnet und gilt bis auf die winzige Wahrscheinlichkeit Delta.",
  "means-estimate": "Eine veröffentlichte Zahl: das Gezählte plus Rauschen. Sie stimmt im Mittel "
    + "und fast nie genau.",
  "means-interval": "Von der Zahl minus Fehlerspanne bis zur Zahl plus Fehlerspanne. Von hundert "
    + "solchen Intervallen enthalten etwa 95 das Gezählte; das eines Nowcasts gilt dem, was am "
    + "Ende gezählt sein wird.",
  "means-late": "Ein Ereignis, das gemeldet wird, nachdem seine Periode abgeschlossen ist. Es "
    + "zählt, wo der Plan die Periode noch einmal misst, bis zum letzten Mal, und von da an bei "
    + "den Anwesenden.",
  "means-ledger": "Die öffentliche Liste aller Pläne, Belastungen und Veröffentlichungen. Einträge "
    + "kommen nur hinzu; würde einer geändert oder entfernt, so würde es bemerken, wer prüft.",
  "means-life-cycle": "Die Zustände, in denen eine Person sein kann, und die Ereignisse, die von "
    + "einem zum anderen führen.",
  "means-low-reliability": "Die Fehlerspanne beträgt mehr als 30\u202f% der Zahl. Eine solche Zahl "
    + "wird gezeigt, aber ihr Intervall sagt mehr als ihr Wert.",
  "means-margin": "Wie weit eine Zahl wegen des Rauschens vom Gezählten entfernt sein kann: mit "
    + "95\u202f% Sicherheit nicht weiter. Was eine Obergrenze abschneidet, was zu spät kommt und "
    + "Fehler in den Daten sind darin nicht enthalten.",
  "means-noise": "Eine Zufallszahl, die zu jeder Messung hinzukommt, sodass niemand sicher sein "
    + "kann, ob eine bestimmte Person gezählt wurde. Sie macht Zahlen ebenso oft zu groß wie zu "
    + "klein.",
  "means-nowcast": "Was eine Zahl am Ende voraussichtlich sein wird, wenn alle Nachmeldungen "
    + "gezählt sind: aus veröffentlichten Zahlen allein berechnet, nach dem, was früher "
    + "nachgemeldet wurde. Seine Fehlerspanne gilt auch dafür.",
  "means-plan": "Die Regeln dieser Statistiken, festgelegt, bevor das erste Ereignis gezählt "
    + "wurde.",
  "means-privacy-unit": "Was als Ganzes geschützt ist: alles über eine Person, in dem, was in "
    + "einem Schutzzeitraum gemessen wird.",
  "means-provisional": "Eine spätere Messung wird diese Zahl noch ändern, zum Beispiel weil "
    + "Nachmeldungen hinzukommen.",
  "means-release": "Die Veröffentlichung der Zahlen eines Schritts. Sie geschieht einmal und wird "
    + "nie zurückgenommen.",
  "means-retention": "Wie lange einzelne Ereignisse aufbewahrt werden, bevor sie gelöscht werden. "
    + "Veröffentlichte Zahlen bleiben.",
  "means-revised": "Zuvor mit einem anderen Wert veröffentlicht. Der frühere Wert bleibt abrufbar.",
  "means-rho": "Wie viel alles Veröffentlichte zusammen über eine Person verraten kann; kleiner "
    + "ist besser. Es ist das Maß der Zero-Concentrated Differential Privacy (zCDP), und das Rho "
    + "aller Veröffentlichungen addiert sich.",
  "means-root": "Ein kurzer Fingerabdruck des ganzen Registers. Wäre ein Eintrag anders, so wäre "
    + "es auch die Wurzel.",
  "means-series": "Die Zahlen einer Auswahl in zeitlicher Folge, etwa die Einreisen an einem "
    + "Grenzübergang.",
  "means-silent": "Eine Quelle, die ihre Ereignisse bei der Veröffentlichung der Zahl noch nicht "
    + "für vollständig erklärt hatte.",
  "means-source": "Eine Behörde, deren System Ereignisse liefert.",
  "means-step": "Die kürzeste Periode, für die es Zahlen gibt. Längere Perioden setzen sich aus "
    + "Schritten zusammen.",
  "means-structural-zero": "Es gab nichts zu zählen, etwa weil ein Grenzübergang geschlossen war. "
    + "Eine solche Null folgt aus dem Plan.",
  "means-synthetic": "Aus simulierten Ereignissen gemacht, um zu zeigen, wie diese Statistiken "
    + "arbeiten. Nichts davon betrifft einen lebenden Menschen.",
  "means-unit": "Was eine Zahl zählt: Personen, jede höchstens einmal je Schritt und Tabellenfeld, "
    + "oder Ereignisse.",
  "means-vintage": "Eine Messung eines Schritts: die erste oder eine spätere, die Nachmeldungen "
    + "hinzufügt. Eine Zahl nennt den Eintrag des Registers mit der neuesten, die in ihr steckt.",
  "means-window": "Die Zeitspanne, die ein eigenes Budget hat; in diesem Plan: {window}.",
  "measured-these": "Zusammen gemessene Kombinationen von Dimensionen: {n}, jeweils mit allen "
    + "Summen",
};
