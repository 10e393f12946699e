// Français.
export default {
  "skip": "Aller aux chiffres", "synthetic-head": "Données synthétiques.",
  "synthetic": "Tous les événements à l’origine de ces chiffres sont simulés\u202f; aucun ne "
    + "concerne une personne réelle.",
  "fault": "Ce sont les derniers chiffres vérifiés. Ce qui a été publié ensuite n’a pas pu être "
    + "vérifié\u00a0: {fault}.",
  "front": "Nouveautés", "front-about": "À propos de ces statistiques",
  "front-all": "Toutes les statistiques",
  "front-words": "{title}. Éditeur\u00a0: {controller}. Base juridique\u00a0: {basis}. "
    + "Finalité\u00a0: {purpose}. Les chiffres dénombrent des événements et des personnes\u202f; "
    + "rien ici ne porte sur une personne en particulier. Un bruit aléatoire protège chaque "
    + "personne comptée\u00a0: chaque chiffre est donc une estimation assortie d’un intervalle. "
    + "Chacun peut les lire, les télécharger et les vérifier.",
  "front-revised": "Révisions de la dernière publication",
  "front-revised-none": "La dernière publication n’a révisé aucun des chiffres affichés ici.",
  "front-was": "{period}\u00a0: {now}, au lieu de {was}",
  "front-more": { one: "et {count} autre", other: "et {count} autres" },
  "news-none": "Aucun chiffre n’a encore été publié.",
  "news-note": "Chaque graphique a sa propre échelle\u202f; la bande représente l’intervalle de "
    + "confiance à 95\u202f%. La marge d’erreur d’une évolution est la somme des marges des deux "
    + "chiffres, ce qui suffit quel que soit le lien entre leurs erreurs. Si son intervalle "
    + "contient 0, l’évolution est trop faible pour conclure.",
  "change": "({low}\u00a0à\u00a0{high}) par rapport à la période précédente ({before})",
  "change-small": "Évolution par rapport à la période précédente ({before}) trop faible pour "
    + "conclure ({low}\u00a0à\u00a0{high})",
  "change-break": "Non comparable à la période précédente\u00a0: rupture de série",
  "spark": { one: "{title}\u00a0: une période, {first}",
    other: "{title}\u00a0: {count} périodes, {first} – {last}" },
  "nothing-yet": "Rien n’a encore été publié. Première période à paraître\u00a0: {period}.",
  "nothing-yet-timed": "Rien n’a encore été publié. Première période à paraître\u00a0: {period}, "
    + "le {instant} ({left}).",
  "front-embargo": "Les premiers chiffres (dernière période\u00a0: {period}) sont sous embargo "
    + "jusqu’à cette date\u00a0: {until}.",
  "nothing-ever": "Rien n’a été publié et aucune publication n’est prévue.",
  "lost": "Page introuvable", "lost-flow": "Il n’existe pas ici de statistique «\u00a0{id}\u00a0».",
  "lost-flows": "Statistiques disponibles\u00a0:",
  "lost-code": "La dimension {dimension} n’a pas de code {codes}.",
  "lost-codes": "Codes disponibles\u00a0:",
  "lost-more": { one: "{count} autre code", other: "{count} autres codes" },
  "lost-parts": "La clé comporte trop de parties ({given}). Dimensions de la statistique "
    + "({n})\u00a0: {names}.",
  "lost-option": "L’adresse contient {name}={value}, qui n’a pas de sens ici.",
  "lost-without": "La même vue sans cette indication", "lost-front": "Nouveautés",
  "more": "Plus", "more-vintage": "{size} entrées",
  "nav": "Pages", "nav-figures": "Chiffres", "nav-ledger": "Registre", "nav-plan": "Plan",
  "nav-help": "Aide",
  "nav-language": "Langue", "catalogue": "Statistiques", "search": "Rechercher une statistique",
  "search-none": "Aucun résultat.", "search-count": "Résultats\u00a0: {count} sur {all}",
  "up-to": "dernière période\u00a0: {period}", "not-yet": "rien de publié pour l’instant",
  "released-to": "Dernière période publiée", "next-release": "Prochaine publication",
  "in-time": "{period}, le {instant} ({left})", "due": "attendue maintenant",
  "embargo": "Sous embargo",
  "embargo-until": "dernière période\u00a0: {period}\u202f; levée\u00a0: {until}",
  "embargoed": "sous embargo\u202f; levée\u00a0: {until}",
  "embargoed-all": "Les chiffres de la plage choisie sont sous embargo. Levée\u00a0: {until}.",
  "left": "dans {time}", "choose": "Choisir ce qui est affiché",
  "grain": "Durée des périodes", "from": "Du", "to": "Au", "range": "Périodes",
  "recent": "Récentes", "all": "Toutes", "between": "Du – au",
  "codes": "Libellés", "codes-name": "Nom", "codes-code": "Code", "codes-both": "Les deux",
  "view": "Vue", "view-table": "Tableau", "view-chart": "Graphique", "view-map": "Carte",
  "as-of": "État des données", "newest": "Dernier état",
  "since": "Signaler les révisions depuis", "since-none": "Ne pas comparer",
  "vintage-option": "dernière période\u00a0: {period} ({size} entrées)",
  "vintage-shown": "Vous consultez l’état du registre à {size} entrées, qui n’est pas le dernier.",
  "filter": "Filtrer\u00a0: {dimension}", "only-total": "Total seulement",
  "every": "Tous les codes",
  "chosen": { one: "{first} et {count} autre", other: "{first} et {count} autres" },
  "code-FREQ-N15": "Quart d’heure",
  "code-FREQ-H": "Heure", "code-FREQ-D": "Jour", "code-FREQ-W": "Semaine",
  "code-FREQ-M": "Mois", "code-FREQ-Q": "Trimestre", "code-FREQ-A": "Année", "total": "Ensemble",
  "loading": "Chargement des chiffres.", "again": "Réessayer",
  "cannot": "Les chiffres ne peuvent pas être affichés\u00a0: {why}.",
  "nothing": "Aucune période entière de cette durée n’a été publiée dans la plage choisie. "
    + "Choisissez une durée plus courte ou une plage plus large, ou revenez après la prochaine "
    + "publication.",
  "too-many": "Il y a {count} séries\u202f; les {max} premières ont un graphique. Le tableau les "
    + "contient toutes.",
  "multiples": "{first} – {last}, avec l’intervalle de confiance à 95\u202f%\u202f; chaque "
    + "graphique a sa propre échelle",
  "flag-b": "rupture de série\u00a0: la règle ou la source change ici",
  "flag-p": "provisoire", "flag-u": "fiabilité faible", "flag-none": "définitif",
  "flag-kept": "non révisé",
  "flag-e": "estimé\u00a0: avec les événements tardifs habituels",
  "flag-z": "zéro structurel\u00a0: rien ne peut être compté pendant cette période",
  "flag-s": "une source n’avait pas transmis ses données",
  "silent": { one: "À la date de publication, {names} n’avait pas transmis ses données.",
    other: "À la date de publication, {names} n’avaient pas transmis leurs données." },
  "silent-note": "{periods}\u00a0: {words}",
  "silent-more": { one: "{periods}\u202f; et {count} autre",
    other: "{periods}\u202f; et {count} autres" },
  "interval-none": "Aucun cas ou très peu\u00a0: le bruit a déplacé tout l’intervalle au-dessous "
    + "de zéro.",
  "interval-zero": "Aucun\u00a0: ici, rien ne peut être compté, le zéro est donc exact.",
  "interval-between": "Entre {low} et {high}, avec un niveau de confiance de 95\u202f%.",
  "interval-nowcast": "Compté jusqu’au {day}\u00a0: {counted}. Au final, environ {value}\u00a0: de "
    + "{low} à {high}.",
  "nowcast-less": "En général, il est ensuite retiré plus qu’il n’arrive en retard.",
  "margin-nowcast": "± {margin} (95\u202f%)",
  "interval-least": "Au moins {low}\u202f; d’autres s’ajouteront, et l’on ne sait pas encore "
    + "combien.",
  "interval-counted": "Compté jusqu’ici\u00a0: {counted}. Des événements tardifs le changeront "
    + "encore.",
  "interval-so-far": "Entre {low} et {high} d’après ce qui est compté jusqu’ici\u202f; des "
    + "événements tardifs le changeront encore.",
  "counted-so-far": "compté jusqu’ici\u00a0: {figure}",
  "interval-most": "Au plus {high}, avec un niveau de confiance de 95\u202f%\u202f; il se peut que "
    + "la vraie valeur soit nulle.",
  "interval-negative": "Le chiffre est négatif parce que le bruit peut jouer dans les deux sens.",
  "during-H": "le {period}", "during-D": "le {period}",
  "during-W": "pendant la {period}", "during-M": "en {period}",
  "during-Q": "au {period}", "during-A": "en {period}",
  "end-of-H": "le {day} à {to}", "end-of-D": "à la fin du {period}",
  "end-of-W": "à la fin de la {period}", "end-of-M": "fin {period}",
  "end-of-Q": "à la fin du {period}", "end-of-A": "fin {period}",
  "sentence": "{what}, {when}\u00a0: {figure}. {interval}",
  "persons": { one: "{count} personne", many: "{count} de personnes", other: "{count} personnes" },
  "events": { one: "{count} événement", many: "{count} d’événements", other: "{count} événements" },
  "unit-persons": "en nombre de personnes", "unit-events": "en nombre d’événements",
  "unit-rates": "en\u202f%", "unit-RATE": "pourcentage", "meta-of": "Calculé à partir de",
  "unpublished": "non publié\u00a0: le dénominateur peut être nul",
  "privacy-rate": "Un taux est calculé à partir de chiffres publiés\u202f; il n’ajoute rien à la "
    + "dépense du budget.",
  "once": "Une personne est comptée une seule fois par {list}.", "cell": "case",
  "overlap": "Lorsque deux intervalles se recouvrent, l’écart peut être dû au bruit.",
  "period": "Période", "value": "Valeur", "margin": "Marge d’erreur", "low": "Borne inf.",
  "high": "Borne sup.",
  "status": "Statut", "was": "Avant", "newest-first": "de la plus récente à la plus ancienne",
  "revised-mark": "révisé", "new-mark": "nouveau",
  // Le tableau : ses lignes, ses colonnes, ses pages et ses groupes.
  "axes": "Lignes et colonnes du tableau", "rows": "Lignes", "columns": "Colonnes",
  "to-rows": "{name}\u00a0: mettre en lignes", "to-columns": "{name}\u00a0: mettre en colonnes",
  "swap": "Permuter lignes et colonnes", "usual": "Disposition habituelle",
  "page-rows": "Lignes {from} à {to} sur {all}", "before-rows": "Lignes précédentes",
  "after-rows": "Lignes suivantes", "page-columns": "Colonnes {from} à {to} sur {all}",
  "before-columns": "Colonnes précédentes", "after-columns": "Colonnes suivantes",
  "fold": "Lignes de «\u00a0{name}\u00a0»", "fold-all": "Tout replier",
  "unfold-all": "Tout déplier",
  "sort-none": "Le tableau n’a pas de colonne «\u00a0{column}\u00a0» pour le tri\u202f; ses lignes "
    + "sont dans l’ordre habituel.",
  "lost-rows": "L’adresse place {rows} dans les lignes du tableau, mais cette dimension n’existe "
    + "pas. Dimensions disponibles\u00a0: {known}.",
  // Les listes de codes.
  "every-single": "Tous, sans les groupes", "count-chosen": "Sélection\u00a0: {count} sur {all}",
  "members-all": "Tous les membres", "members-none": "Aucun membre",
  "members-all-of": "{name}\u00a0: tous les membres",
  "members-none-of": "{name}\u00a0: aucun membre",
  "members-of": "{name}\u00a0: membres (sélection\u00a0: {count} sur {all})",
  "members-count": "{count}/{all}", "valid-from": "à partir du {from}", "valid-to": "jusqu’au {to}",
  "valid-between": "du {from} au {to}",
  "revised-count": "Depuis que le registre avait {size} entrées, chiffres révisés\u00a0: "
    + "{revised} sur "
    + "{shared}\u202f; nouveaux\u00a0: {added}.",
  "chart-label": "Courbes avec intervalles de confiance à 95\u202f%",
  "day-of-month": { one: "{count}er", other: "{count}" }, "time-words": "{day}, {from}–{to}",
  "week-short": "S{week} {year}", "week-long": "semaine {week} de {year}",
  "quarter-short": "T{quarter} {year}", "quarter-1": "1er trimestre {year}",
  "quarter-2": "2e trimestre {year}", "quarter-3": "3e trimestre {year}",
  "quarter-4": "4e trimestre {year}",
  "chart-words": { one: "{series}\u00a0: une période, {first}\u00a0: {now}.",
    other: "{series}\u00a0: {count} périodes, {first} – {last}. Minimum\u00a0: {low} "
    + "({lowWhen})\u202f; maximum\u00a0: {high} ({highWhen})\u202f; dernière valeur\u00a0: "
    + "{now}." },
  "chart-summary": "Description du graphique",
  "estimate": "Estimation", "band": "Intervalle de confiance à 95\u202f%",
  "open-dots": "Symboles vides\u00a0: données provisoires",
  "break": "Rupture", "break-line": "Ligne verticale en tirets\u00a0: rupture de série",
  "axis": "L’axe ne commence pas à zéro", "range-words": "{low} à {high}",
  "chart-limit": { one: "Tracé seulement de {low} à {high}\u00a0: {count} intervalle va au-delà. "
    + "Le tableau le donne en entier",
    other: "Tracé seulement de {low} à {high}\u00a0: {count} intervalles vont au-delà. Le tableau "
    + "les donne en entier" },
  "picture-period": "Période",
  "map-note": "Les frontières et les noms indiqués n’impliquent aucune prise de position sur le "
    + "statut juridique d’un territoire. Contours\u00a0: Natural Earth, 1:50\u00a0000\u00a0000, "
    + "domaine public.",
  "map-play": "Faire défiler les périodes", "map-pause": "Pause",
  "map-region": "Région", "region-world": "Monde", "region-europe": "Europe",
  "region-africa": "Afrique", "region-americas": "Amériques", "region-asia": "Asie",
  "region-oceania": "Océanie",
  "map-shows": "La carte montre", "map-all": "{dimension}\u00a0: ensemble",
  "map-by": "Par {dimension}",
  "map-under": "moins de {high}", "map-class": "de {low} à moins de {high}",
  "map-over": "{low} et plus", "map-any": "tout chiffre", "map-none": "pas de chiffre",
  "map-weak": "hachures ou [u]\u00a0: fiabilité faible", "map-few": "{figure} (au plus {high})",
  "map-groups": "Groupes", "map-beside": "Hors de la carte",
  "map-label": "{region}\u00a0: carte par {dimension}\u202f; le tableau ci-dessous donne tous les "
    + "chiffres",
  "map-pick": "Un clic sur un pays le choisit pour «\u00a0{dimension}\u00a0», un second clic les "
    + "choisit tous.",
  "map-embargoed": "Les chiffres jusqu’à {last} sont sous embargo jusqu’au {until} et ne sont pas "
    + "affichés.",
  "map-not": "Il n’y a pas de carte de «\u00a0{name}\u00a0», faute de liste de pays.",
  // Durées et cohortes
  "view-distribution": "Répartition", "view-survival": "Courbe de durée",
  "view-median": "Médiane", "view-triangle": "Par cohorte", "view-curves": "Courbes",
  "distribution-not": "Il n’y a pas de répartition de «\u00a0{name}\u00a0», faute de décompte par "
    + "durée.",
  "survival-not": "Il n’y a pas de courbe de durée de «\u00a0{name}\u00a0», faute de décompte par "
    + "durée.",
  "median-not": "Il n’y a pas de médiane de «\u00a0{name}\u00a0», faute de décompte par durée.",
  "triangle-not": "Il n’y a pas de tableau par cohorte de «\u00a0{name}\u00a0», faute de suivi de "
    + "cohortes.",
  "curves-not": "Il n’y a pas de courbes de «\u00a0{name}\u00a0», faute de suivi de cohortes.",
  "spell-refused": "Ce graphique n’est pas possible pour cette sélection\u00a0: {why}.",
  "spell-unpublished": "non publié\u00a0: le nombre peut être nul",
  "class": "Classe", "quartile": "Quartile",
  "quartile-Q1": "Premier quartile", "quartile-MEDIAN": "Médiane",
  "quartile-Q3": "Troisième quartile", "quartile-low": "Intervalle de", "quartile-high": "à",
  "quartile-range": "{band} (intervalle de confiance à 95\u202f%\u00a0: de «\u00a0{low}\u00a0» à "
    + "«\u00a0{high}\u00a0»)",
  "quartiles-caption": "Médiane et quartiles\u00a0: classe où se trouve chacun d’eux, première et "
    + "dernière classe de son intervalle de confiance à 95\u202f%",
  "quartiles-legend": "¼, ½, ¾\u00a0: classe du premier quartile, de la médiane et du troisième "
    + "quartile\u202f; le trait couvre les classes de l’intervalle de confiance à 95\u202f%",
  "distribution-legend": "Trait sur une barre\u00a0: intervalle de confiance à 95\u202f%",
  "hatched-weak": "Hachures, [u]\u00a0: fiabilité faible",
  "distribution-label": "Barres par classe de durée, avec intervalles de confiance à 95\u202f%.",
  "distribution-caption": "{name}, {period}\u00a0: par durée",
  "distribution-words": "{series}, {period}. {figures}.",
  "waiting-label": "Barres avec intervalles de confiance à 95\u202f%\u00a0: encore en cours à la "
    + "fin du mois, selon le temps écoulé depuis le début.",
  "waiting-caption": "{name}, encore en cours à la fin de la période ({period})\u00a0: selon le "
    + "temps écoulé depuis le début",
  "survival-label": "Courbes avec bandes à 95\u202f%\u00a0: pour chaque classe, part de ce qui a "
    + "duré plus longtemps.",
  "survival-caption": "{name}, {period}\u00a0: part de ce qui a duré plus longtemps",
  "survival-words": "{series}, {period}. Plus longtemps que\u00a0: {figures}.",
  "survival-note": "Parmi tout ce qui s’est terminé dans la période, part de ce qui avait duré "
    + "plus longtemps que la classe indiquée. Ce qui est encore en cours n’est pas compris",
  "survival-start": "Début", "survival-all": "Début\u00a0: ensemble",
  "longer-than": "Plus longtemps que\u00a0: {band}", "longer-head": "Plus longtemps que",
  "open-weak": "Symboles vides\u00a0: fiabilité faible ou données provisoires",
  "median-label": "Courbes avec bandes à 95\u202f%\u00a0: classe où se trouve la médiane, par "
    + "période.",
  "median-caption": "{name}\u00a0: classe où se trouve la médiane",
  "median-note": "Chaque point se trouve dans la classe qui contient la valeur\u202f; la bande "
    + "couvre les classes de son intervalle de confiance à 95\u202f%",
  "median-none": "Aucune médiane ne peut être donnée ici\u00a0: pour chaque période, le nombre "
    + "peut être nul.",
  "median-words": "{series}, {first} – {last}\u202f; dernière valeur\u00a0: {now}.",
  "cohort": "Cohorte", "cohorts": "Cohortes", "cohorts-chosen": "{n} sur {all}",
  "cohorts-most": "{max} au plus à la fois.",
  "cohort-first": "Affiché pour «\u00a0{name}\u00a0», première des {count} combinaisons choisies",
  "cohort-months": "Les cohortes sont toujours mensuelles, quelle que soit la durée des périodes",
  "cohort-words": "{cohort}\u00a0: de {first} à {last}.",
  "shows": "Afficher", "shows-share": "Part encore en cours",
  "shows-left": "Nombre encore en cours", "shows-each": "Toutes les transitions d’une cohorte",
  "triangle-caption": "{what} ({name}). Lignes\u00a0: mois de début. Colonnes\u00a0: {age}",
  "curves-caption": "{what} ({name}). Lignes\u00a0: {age}", "curve-words": "{name}. {figures}.",
  "picture-instead": "Afficher le graphique",
  // Le graphique : aires, barres, annotations, l’année précédente
  "chart-area": "Graphique en aires avec intervalles de confiance à 95\u202f%",
  "chart-bars": "Graphique en barres avec intervalles de confiance à 95\u202f%",
  "bar-sample": "Barre\u00a0: estimation\u202f; trait\u00a0: son intervalle de confiance à "
    + "95\u202f%",
  "pale-bars": "Couleur pâle\u00a0: données provisoires",
  "outlined-bars": "Pâle\u00a0: compté jusqu’ici\u202f; contour seul\u00a0: ce qui s’ajoute "
    + "d’ordinaire",
  "no-upper-end": "Sans borne supérieure\u00a0: d’autres s’ajouteront",
  "counted-line": "Pointillés avec croix\u00a0: compté jusqu’ici",
  "area-sample": "Surface remplie de zéro à l’estimation",
  "change-mark": "Ligne verticale en pointillé\u00a0: ce qui est compté change",
  "notes-label": "Notes correspondant aux numéros du graphique",
  "note-break": "Rupture de série. {note}.",
  "note-opened": "{dimension}\u00a0: {code} entre dans le décompte à partir de ce jour.",
  "note-closed": "{dimension}\u00a0: {code} n’entre plus dans le décompte à partir de ce jour.",
  "note-sources": "Nouvelle source d’événements\u00a0: {names}. {note}.",
  "compare": "Comparer à l’année précédente", "series": "Série",
  "compare-none": "Il n’y a pas de chiffres de l’année précédente pour comparer",
  "compare-key": "Mêmes périodes de l’année précédente, avec leurs intervalles de confiance à "
    + "95\u202f%",
  "compare-line": "La ligne en tirets montre les mêmes périodes de l’année précédente.",
  "compare-missing": "pas de chiffre pour l’année précédente",
  "compare-break": "non comparable à l’année précédente\u00a0: rupture de série",
  "compare-note": "La marge d’erreur d’une évolution est la somme des deux marges, ce qui suffit "
    + "quel que soit le lien entre leurs erreurs. Si son intervalle contient 0, l’évolution est "
    + "trop faible pour conclure.",
  "compare-note-rate": "L’intervalle d’une évolution va de la borne inférieure de l’un des "
    + "intervalles à la borne supérieure de l’autre, ce qui suffit quel que soit le lien entre "
    + "leurs erreurs. S’il contient 0, l’évolution est trop faible pour conclure.",
  "compare-caption": "Chaque période et la même période de l’année précédente, de la plus récente "
    + "à la plus ancienne",
  "compare-now": "Valeur", "compare-then": "Un an avant", "compare-change": "Évolution",
  "compare-range": "Intervalle", "compare-unclear": "({value}) trop faible pour conclure",
  "points": "{number} points",
  // Le classement
  "view-ranking": "Classement",
  "ranking-label": "Barres classées par valeur, avec intervalles de confiance à 95\u202f%",
  "ranking-not": "Il n’y a pas de classement de «\u00a0{name}\u00a0», faute de liste de codes.",
  "ranking-by": "Classement par", "ranking-list": "{name} ({n})",
  "ranking-groups": "{name}, groupes ({n})",
  "ranking-groups-level": "{name}, groupes de niveau {level} ({n})",
  "ranking-caption": "{name} par «\u00a0{list}\u00a0»{others}, {when}, par valeur décroissante",
  "ranking-all": "Afficher les {n}", "ranking-rest": "Les {n} premiers sur {all}",
  "ranking-head": "Rang", "ranking-place": "{place}. {name}\u00a0: {figure}. {interval}",
  "ranking-sign": "Les intervalles des deux voisins se recouvrent",
  "ranking-unsure": "Ordre incertain\u00a0: {names}. L’intervalle de chacun recouvre en partie le "
    + "suivant.",
  "ranking-more": { one: "{names} et {count} autre", other: "{names} et {count} autres" },
  "ranking-unsure-more": {
    one: "L’ordre est incertain dans {count} autre groupe de voisins.",
    other: "L’ordre est incertain dans {count} autres groupes de voisins." },
  "ranking-sure": "Les intervalles de deux voisins ne se recouvrent jamais.",
  "ranking-embargo": "Chiffres sous embargo (dernière période\u00a0: {period})\u202f; levée\u00a0: "
    + "{until}",
  "ranking-none": "Il n’y a pas de chiffres de cette liste pour cette période.",
  "ranking-by-none": "Il n’y a pas ici de liste «\u00a0{by}\u00a0» à classer. Choisissez-en une "
    + "autre.",
  "ranking-unpublished": {
    one: "Omis\u00a0: {count} code dont le taux n’est pas publié, car le dénominateur peut être "
    + "nul",
    other: "Omis\u00a0: {count} codes dont le taux n’est pas publié, car le dénominateur peut être "
    + "nul" },
  "period-none": "Il n’y a pas de chiffres pour la période {period} dans la plage choisie. "
    + "Choisissez une autre période.",
  // What is not measured
  "rates-unpublished": "Aucun taux n’est publié pour ces périodes, car le dénominateur "
    + "peut être nul. Choisissez des périodes plus longues ou un groupe plus large.",
  "unmeasured-none": "Aucun chiffre n’est publié pour ce choix et cette durée de période.",
  "unmeasured-length": "Ces codes ne sont pas mesurés pour des périodes de cette durée.",
  "unmeasured-together": "Non mesurés ensemble\u00a0: {names}.",
  "unmeasured-detail": "Non mesuré avec ce niveau de détail\u00a0: {names}.",
  "unmeasured-instead": "Sont mesurés\u00a0:",
  "unmeasured-maybe": "Il y a peut-être des chiffres ici\u00a0:",
  // Le cycle de vie
  "view-lifecycle": "Cycle de vie", "lifecycle-label": "Diagramme des états et des transitions",
  "lifecycle-not": "Il n’y a pas de cycle de vie de «\u00a0{name}\u00a0», faute de décompte des "
    + "transitions d’un état à un autre.",
  "lifecycle-caption": "Transitions entre états{others}, {when}",
  "lifecycle-flow": "{name}, de «\u00a0{from}\u00a0» à «\u00a0{to}\u00a0»\u00a0: {figure}.",
  "lifecycle-other": "(Compté dans\u00a0: {statistic}.)",
  "lifecycle-stock": "{status}, à la fin de la période\u00a0: {figure} ({statistic})",
  "lifecycle-nothing": "pas de chiffre pour ces codes",
  "lifecycle-what": "Transition", "lifecycle-from": "De", "lifecycle-to": "Vers",
  "lifecycle-statistic": "Compté dans",
  "lifecycle-thick": "Une bande de cette épaisseur\u00a0: {value}",
  "lifecycle-band": "Bord pâle d’une bande\u00a0: jusqu’à la borne supérieure de son intervalle de "
    + "confiance à 95\u202f%",
  "lifecycle-dashed": "Tirets\u00a0: l’intervalle contient 0",
  "lifecycle-provisional": "Bandes pâles\u00a0: données provisoires",
  "lifecycle-several": "Lignes en pointillé avec cercles\u00a0: à partir de l’un de ces "
    + "états\u202f; le chiffre n’indique pas combien viennent de chacun",
  "lifecycle-missing": "Non comptés séparément\u00a0: {names}",
  "status-UNSEEN": "Sans événement antérieur", "status-ABROAD": "À l’étranger",
  "status-PRESENT": "Dans le pays",
  "status-AUTHORISED": "Séjour autorisé", "status-LAPSED": "Séjour expiré",
  "status-REVOKED": "Séjour révoqué",
  "status-ORDERED": "Ordre de quitter le territoire", "status-OVERDUE": "Délai expiré",
  "status-SUSPENDED": "Ordre suspendu", "status-CLOSED": "Dossier clos",
  "status-DEPARTED": "Départ effectué",
  "status-PENDING": "En instance", "status-DECIDED": "Décision rendue",
  "status-APPEALED": "En recours",
  "take": "Télécharger, citer et réutiliser", "downloads": "Télécharger", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV, codes seulement",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet", "download-xlsx": "Excel (XLSX)",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 générique",
  "cite": "Citer", "call": "Obtenir les mêmes chiffres avec un programme",
  "embed": "Intégrer ce graphique",
  "copy": "Copier", "copied": "Copié", "link": "Lien vers cette vue",
  "citation": "{agency} ({year}). {title}\u00a0: {flow}. {series}. État du registre\u00a0: {size} "
    + "entrées, dernière période\u00a0: {period}. Estimations avec marges d’erreur à 95\u202f%. "
    + "{address}",
  "reading": "Comment lire ces chiffres",
  "reading-1": "Valeur et marge d’erreur. Chaque chiffre est une estimation sans biais de ce qui "
    + "est compté. La marge ne vaut que pour le bruit\u00a0: avec un niveau de confiance de "
    + "95\u202f%, ce qui est compté s’y trouve.",
  "reading-bound": "Plafond. Ce qu’un plafond coupe n’est pas compté, aucune marge ne le couvre "
    + "donc\u202f; c’est indiqué à côté des chiffres.",
  "reading-late": "Événements tardifs. Ce qui arrive en retard n’est dans aucune marge d’un "
    + "décompte\u202f; la marge d’une estimation du décompte final couvre ce qui est attendu. "
    + "À côté des chiffres est indiqué s’il reste quelque chose à venir.",
  "reading-2": "Valeurs négatives et zéros. Le bruit peut jouer dans les deux sens\u00a0: un petit "
    + "nombre peut apparaître au-dessous de zéro, et un zéro peut représenter quelques personnes. "
    + "Ces chiffres sont donnés tels quels\u00a0: les ramener à zéro rendrait tous les totaux trop "
    + "élevés.",
  "reading-3": "Provisoire. Des mesures ultérieures changeront encore le chiffre. Chacun de ses "
    + "états antérieurs reste disponible.",
  "reading-4": "Fiabilité faible. La marge d’erreur dépasse 30\u202f% du chiffre.",
  "reading-6": "Zéro structurel. D’après les listes de codes, il n’y a rien à compter, par exemple "
    + "à un point de passage fermé. Ce zéro est connu et n’a pas de marge d’erreur\u202f; dans un "
    + "tableau dont les totaux sont mesurés séparément, un chiffre mesuré est donné à la place.",
  "reading-7": "Sources. Un chiffre est publié même si une autorité n’a pas transmis ses données "
    + "dans les délais. C’est alors signalé, jusqu’à ce qu’une mesure ultérieure de la période "
    + "tienne compte de ces données.",
  "reading-5": "Arrondi. Les chiffres dont la marge d’erreur est d’au moins 1 sont publiés en "
    + "nombres entiers, de sorte que les cases et les périodes s’additionnent exactement. La marge "
    + "tient compte de l’arrondi. Les fichiers donnent les millièmes avec decimals=3 dans leur "
    + "adresse.",
  "about": "À propos de cette statistique", "quality": "Qualité",
  "meta-publisher": "Éditeur", "meta-basis": "Base juridique", "meta-purpose": "Finalité",
  "meta-contact": "Contact", "meta-area": "Zone de référence", "meta-unit": "Unité de mesure",
  "meta-step": "Période la plus courte", "meta-dimensions": "Dimensions", "meta-id": "Identifiant",
  "meta-breaks": "Ruptures de série", "meta-break": "à partir de {from}\u00a0: {note}",
  "meta-bound": "Compté au plus",
  "meta-bound-times": { one: "{count} fois par personne et par {window}",
    other: "{count} fois par personne et par {window}" },
  "meta-codes": { one: "{name} ({count} code)", other: "{name} ({count} codes)" },
  "word-year": "année", "word-month": "mois", "word-quarter": "trimestre", "word-day": "jour",
  "word-quarter_hour": "quart d’heure", "word-hour": "heure", "word-week": "semaine",
  "unit-PERSONS": "personnes", "unit-EVENTS": "événements", "quality-accuracy": "Exactitude",
  "quality-accuracy-words": {
    one: "La marge d’erreur du chiffre affiché est de {widest}. Chiffres de fiabilité "
    + "faible\u00a0: {weak}.",
    other: "La moitié des {count} chiffres affichés ont une marge d’erreur de {median} ou "
    + "moins\u202f; la plus grande est de {widest}. Chiffres de fiabilité faible\u00a0: {weak}." },
  "quality-time": "Actualité",
  "quality-time-words": {
    one: "La dernière publication a paru {latest} après la fin de sa période.",
    other: "Délai des {count} dernières publications après la fin de leur période\u00a0: {median} "
    + "en médiane, {latest} au plus." },
  "quality-time-simulated": "Non disponible\u00a0: les données de ce site sont synthétiques, et "
    + "leurs publications datent de la simulation.",
  "quality-nowcasts": "Estimations vérifiées",
  "quality-nowcasts-words": { one: "Sur {count} estimation dont les derniers événements tardifs "
    + "sont comptés, {held} contenaient le chiffre définitif dans leur intervalle\u202f; sur les "
    + "premiers comptages seuls, {counts}. Les deux intervalles comprennent le bruit de ce qui a "
    + "été ajouté ensuite.",
    other: "Sur {count} estimations dont les derniers événements tardifs sont comptés, {held} "
    + "contenaient le chiffre définitif dans leur intervalle\u202f; sur les premiers comptages "
    + "seuls, {counts}. Les deux intervalles comprennent le bruit de ce qui a été ajouté "
    + "ensuite." },
  "quality-nowcasts-none": "Aucune n’est encore complète.",
  "quality-revisions": "Révisions",
  "quality-revisions-none": {
    one: "Aucun des chiffres affichés n’a changé avec la dernière publication.",
    other: "Aucun des chiffres affichés n’a changé au cours des {count} dernières publications." },
  "quality-revisions-some": {
    one: "Chiffres déjà publiés avant la dernière publication\u00a0: {shared}. Modifiés "
    + "depuis\u00a0: {changed}, de {median} en médiane\u202f; leur marge d’erreur médiane était de "
    + "{margin}.",
    other: "Chiffres déjà publiés il y a {count} publications\u00a0: {shared}. Modifiés "
    + "depuis\u00a0: {changed}, de {median} en médiane\u202f; leur marge d’erreur médiane était de "
    + "{margin}." },
  "quality-revisions-short": "Trop peu de publications pour l’instant.",
  "privacy": "Protection des données",
  "privacy-flow": "Cette statistique utilise ρ\u00a0{rho} par {window}, quels que soient ses "
    + "chiffres.",
  "windows-minute": { one: "{count} minute", other: "{count} minutes" },
  "windows-hour": { one: "{count} heure", other: "{count} heures" },
  "windows-day": { one: "{count} jour", other: "{count} jours" },
  "windows-week": { one: "{count} semaine", other: "{count} semaines" },
  "windows-month": { one: "{count} mois", other: "{count} mois" },
  "windows-quarter": { one: "{count} trimestre", other: "{count} trimestres" },
  "windows-year": { one: "{count} an", other: "{count} ans" },
  "spent-plan": "Dépensé sur la durée du plan ({windows})",
  "spent-window": "Dépensé\u00a0: {period}", "rho-of": "ρ\u00a0{spent} sur {budget} ({share})",
  "privacy-epsilon": "Le budget de ρ\u00a0{budget} par {window} correspond à {epsilon}. Il est "
    + "débité au début de la période, pour toutes ses publications. La durée du plan est de "
    + "{windows}\u202f; rien ne le renouvelle.",
  "epsilon-at": "ε\u00a0{epsilon} pour δ\u00a0{delta}", "ledger": "Registre",
  "ledger-lead": "Chaque débit et chaque publication est une entrée d’un registre public, auquel "
    + "on ne peut qu’ajouter des entrées et que chacun peut vérifier. Cette page le vérifie ici, "
    + "dans votre navigateur.",
  "ledger-short": "Chaque débit et chaque publication est une entrée d’un registre public, auquel "
    + "on ne peut qu’ajouter des entrées.",
  "ledger-state": { one: "{count} entrée, du {at}. Racine {root}",
    other: "{count} entrées, la dernière du {at}. Racine {root}" },
  "ledger-open": "Vérifier dans ce navigateur", "checkpoint": "État signé du registre",
  "verification": "Vérification",
  "verify-program": "Vérifier avec le programme, débits compris",
  "entries": "Entrées", "entry": "Entrée", "what": "Nature", "subject": "Objet", "when": "Date",
  "digest": "Empreinte", "check": "Vérifier le fichier", "newer": "Plus récentes",
  "older": "Plus anciennes",
  "entries-shown": "Entrées {from} à {to} sur {size}, de la plus récente à la plus ancienne",
  "kind-genesis": "Origine", "kind-plan": "Plan", "kind-charge": "Débit",
  "kind-amendment": "Modification",
  "kind-release": "Publication", "waiting": "…", "ok": "Vérifié", "bad": "Échec de la vérification",
  "check-signature": "L’état du registre porte une signature Ed25519 valide de la clé {key}",
  "check-root": { one: "L’empreinte publiée de l’unique entrée donne la racine de Merkle de "
    + "l’état du registre, {root}",
    other: "Les empreintes publiées des {count} entrées donnent la racine de Merkle de l’état du "
    + "registre, {root}" },
  "check-entries": { one: "L’unique entrée correspond à cette empreinte",
    other: "Les {count} entrées correspondent à ces empreintes" },
  "check-shown": "Les entrées {from} à {to}, affichées ci-dessous, correspondent à ces empreintes",
  "check-progress": { one: "{done} entrée sur {count}", other: "{done} entrées sur {count}" },
  "verify-all": "Vérifier toutes les entrées",
  "check-seen": {
    one: "Le registre que vous aviez vu ({count} entrée) est le début de celui-ci",
    other: "Le registre que vous aviez vu ({count} entrées) est le début de celui-ci" },
  "check-first": "Vous n’aviez encore jamais vu ce registre. Son état n’est conservé que dans ce "
    + "navigateur, pour comparaison lors de votre prochaine visite",
  "check-cannot": "Les navigateurs ne vérifient qu’en https ou sur la même machine. Utilisez le "
    + "programme.",
  "check-key-note": "La clé vient de ce serveur. Comparez-la à celle que l’éditeur publie "
    + "ailleurs\u00a0: c’est seulement ainsi qu’une signature prouve qui a signé.",
  "embed-source": "Source\u00a0: {controller}, {title}.", "embed-open": "Ouvrir la vue complète",
  // Ce que chaque statistique a, quel que soit son plan.
  "dimension-FREQ": "Périodicité", "dimension-REF_AREA": "Zone de référence",
  "dimension-INDICATOR": "Indicateur", "dimension-UNIT": "Unité",
  "code-INDICATOR-STOCK": "Effectif à la fin de la période",
  "code-INDICATOR-ARRIVALS": "Entrées", "code-INDICATOR-DEPARTURES": "Sorties",
  // Signes de la langue.
  "labelled": "{label}\u00a0: {words}", "quoted": "«\u00a0{text}\u00a0»",
  // Pourquoi il n’y a pas de réponse.
  "error-busy": "le serveur est actuellement surchargé",
  "error-timeout": "le serveur a mis trop de temps à répondre",
  "error-network": "le serveur est injoignable",
  "error-not-ready": "le serveur n’a pas encore de registre vérifié",
  "error-not-found": "il n’y a rien à cette adresse",
  "error-too-large": "la réponse serait trop volumineuse\u202f; choisissez moins de codes ou une "
    + "plage plus courte",
  "error-uri-too-long": "l’adresse est trop longue\u202f; choisissez moins de codes",
  "error-unmeasured": "ces codes ne sont pas mesurés pour des périodes de cette durée\u202f; "
    + "choisissez des périodes plus longues ou des codes moins fins",
  "error-unverified": "un fichier ne correspond pas au registre\u202f; il n’est donc pas affiché",
  "error-unwritable": "la réponse ne peut pas être écrite",
  "error-parameter": "l’adresse contient un paramètre inconnu",
  "error-key": "la clé de l’adresse ne convient pas à la statistique",
  "error-unknown-code": "l’adresse contient un code qui n’existe pas",
  "error-unknown-dataflow": "l’adresse nomme une statistique qui n’existe pas",
  // Ce que promet un budget, les termes du glossaire, et ce qui manque à un chiffre.
  "times": { one: "une fois", other: "{count} fois" },
  "odds-caption": "Pourrait-on deviner si une personne a été comptée\u202f?",
  "odds-one-month": "Un mois", "odds-one-quarter": "Un trimestre", "odds-one-year": "Une année",
  "odds-all": "Toute la durée du plan\u00a0: {windows}",
  "odds-most": "bonne réponse au plus {odds} fois sur 100", "odds-almost": "presque 100",
  "odds-toss": "50\u00a0: pile ou face", "odds-sure": "100\u00a0: certain",
  "odds-chance": "bonne réponse par hasard",
  "odds-gain": "le maximum que peut ajouter tout ce qui est publié ici",
  "odds-month": "Si l’on tirait à pile ou face pour décider si une personne figure dans les "
    + "données, quelqu’un qui sait tout le reste et connaît tout ce qui est publié des mesures "
    + "d’un mois devinerait le résultat du tirage au plus {odds} fois sur 100\u202f; sans ce qui "
    + "est publié, 50 fois.",
  "odds-quarter": "Si l’on tirait à pile ou face pour décider si une personne figure dans les "
    + "données, quelqu’un qui sait tout le reste et connaît tout ce qui est publié des mesures "
    + "d’un trimestre devinerait le résultat du tirage au plus {odds} fois sur 100\u202f; sans ce "
    + "qui est publié, 50 fois.",
  "odds-year": "Si l’on tirait à pile ou face pour décider si une personne figure dans les "
    + "données, quelqu’un qui sait tout le reste et connaît tout ce qui est publié des mesures "
    + "d’une année devinerait le résultat du tirage au plus {odds} fois sur 100\u202f; sans ce "
    + "qui est publié, 50 fois.",
  "odds-moved-one": "Ce qu’une personne a fait en une seule période ({window}) ne modifie que ce "
    + "qui y est mesuré.",
  "odds-moved": "Ce qu’une personne a fait en une seule période ({window}) peut modifier les "
    + "mesures de plusieurs ({windows}), car les signalements tardifs comptent quand ils arrivent "
    + "et qui est présent reste compté\u00a0: pour cela seul, la limite est de {odds} fois sur "
    + "100.",
  "odds-life": "Pour une personne comptée de nombreuses fois, cela s’additionne\u00a0: sur toute "
    + "la durée du plan ({windows}), au plus {life} fois sur 100.",
  "odds-life-open": "Pour une personne comptée de nombreuses fois, cela s’additionne\u00a0: sur "
    + "toute la durée du plan ({windows}), la limite est de {life} fois sur 100. La promesse vaut "
    + "donc par {window}, et non pour l’ensemble.",
  "calendar-month": "d’un même mois civil", "calendar-quarter": "d’un même trimestre civil",
  "calendar-year": "d’une même année civile",
  "privacy-unit": "Ce qui est protégé comme un tout\u00a0: tout ce qui concerne une personne, à "
    + "quelque moment que ce soit, dans ce qui est mesuré au cours {window}.",
  "privacy-limit": "Les limites ne sont pas des estimations\u00a0: personne ne peut faire mieux, "
    + "quelles que soient ses connaissances. Elles valent pour une personne\u202f; un groupe "
    + "toujours compté ensemble est moins protégé.",
  "privacy-details": "Budget, rho et epsilon", "privacy-plan": "Ce que promet le plan",
  "terms-line": "Ce que signifient les mots\u00a0:", "term-amendment": "Modification du plan",
  "term-bound": "Plafond", "term-break": "Rupture de série", "term-budget": "Budget",
  "term-charge": "Débit", "term-checkpoint": "État signé du registre",
  "term-dataflow": "Statistique (dataflow)", "term-dimension": "Dimension",
  "term-embargo": "Embargo", "term-epsilon": "Epsilon et delta", "term-estimate": "Estimation",
  "term-interval": "Intervalle (95\u202f%)", "term-late": "Événement tardif",
  "term-ledger": "Registre", "term-life-cycle": "Cycle de vie",
  "term-low-reliability": "Fiabilité faible", "term-margin": "Marge d’erreur",
  "term-noise": "Bruit",
  "term-nowcast": "Prévision immédiate", "term-plan": "Plan", "term-privacy-unit": "Unité protégée",
  "term-provisional": "Provisoire", "term-release": "Publication", "term-retention": "Conservation",
  "term-revised": "Révisé", "term-rho": "Rho (zCDP)", "term-root": "Racine", "term-series": "Série",
  "term-silent": "Source sans données transmises", "term-source": "Source", "term-step": "Pas",
  "term-structural-zero": "Zéro structurel", "term-synthetic": "Données synthétiques",
  "term-unit": "Unité de mesure", "term-vintage": "Mesure (millésime)", "term-window": "Fenêtre",
  "bound-cuts": "une personne est comptée ici au plus {bound}\u202f; ce qui dépasse n’est pas "
    + "compté.",
  "that-month": "ce mois", "that-quarter": "ce trimestre", "that-year": "cette année",
  "bound-reached": "Personnes ayant dépassé ce plafond au cours de {window} (dernière période "
    + "comptée\u00a0: {period})\u00a0: {figure}.",
  "bound-lacks-none": "De ce fait, il ne manque encore rien ici.",
  "bound-lacks": "De ce fait, il manque au plus {most} dans chaque chiffre ici.",
  "bound-lacks-late": "De ce qui a été signalé à temps, il manque de ce fait au plus {most} dans "
    + "chaque chiffre ici.",
  "bound-unmeasured": "Le nombre de personnes concernées n’est pas mesuré.",
  "rest-told": "{flow} le compte, par {told}.",
  "rest-told-not": "{flow} le compte, par {told}, et non par {cell}.",
  "rest-groups": "groupes de {name}", "rest-total": "total",
  "rest-range": "Avec cela, le nombre pour {period} est d’au moins {least} et d’au plus {most}.",
  "rest-apart": "Pour {period}, cela fait {figure}.",
  "rest-cut": "Cela n’inclut pas ce que coupe le plafond de {flow}.",
  "rest-lacks": "De ce fait, il manque encore au plus {most}.",
  "rest-lacks-late": "De ce qui a été signalé à temps, il manque encore de ce fait au plus {most}.",
  "bound-more": "Ce que coupe un plafond",
  "provisional-parts": "Provisoire, car un chiffre dont il est calculé l’est.",
  "provisional-late": "Provisoire\u00a0: des événements signalés tardivement restent à ajouter, "
    + "pour la dernière fois avec la publication «\u00a0{period}\u00a0».",
  "provisional-refined": "Provisoire\u00a0: jusqu’à la fin de {window}, chaque mesure ultérieure "
    + "rend le chiffre plus exact.",
  "final-late": "Définitif\u00a0: ce qui est signalé avec plus de {time} de retard n’est pas dans "
    + "ces chiffres.",
  "final-once": "Définitif\u00a0: ce qui est signalé en retard n’est pas dans ces chiffres.",
  "final-present": "Non révisé\u00a0: ce qui est signalé en retard ne change que les chiffres des "
    + "périodes suivantes.",
  "final-parts": "Définitif\u00a0: il manque ce qui arrive trop tard pour les chiffres dont il est "
    + "calculé.",
  "late-moved": "les événements tardifs ajoutés à des périodes antérieures de cette série ont "
    + "modifié les chiffres de {value} en moyenne (± {margin}, de {from} à {to}).",
  "bound-times": "{times} par {window}",
  "bound-times-both": "{times} par {window} et {month} par mois", "method-coverage": "Couverture",
  "method-concepts": "Concepts et définitions", "method-population": "Qui est compté",
  "method-release_policy": "Politique de diffusion", "method-accuracy": "Exactitude",
  "method-comparability": "Comparabilité", "method-revision_policy": "Politique de révision",
  "method-source_data": "Sources des données", "method-comment": "Remarque", "method": "Méthode",
  "method-more": "Méthode et qualité dans le plan",
  // Ce que seul le serveur écrit, pour qui lit sans scripts et pour les liens partagés.
  "noscript": "Les graphiques, les cartes et le choix des données demandent JavaScript. Les "
    + "chiffres figurent ici même sans JavaScript.",
  "served-series": "Série",
  "served-many": "Il y a {count} séries, plus que cette page n\u2019en montre sans JavaScript. Les "
    + "fichiers les contiennent toutes.",
  "card-released": "Publié le {date}",
  "plan-noscript": "Les règles du plan en phrases simples et le glossaire demandent JavaScript. "
    + "Ses statistiques figurent ici même sans JavaScript.",
  // Des adresses et des états qui n\u2019existent pas.
  "lost-day": "L\u2019adresse contient {name}={value}, ce qui n\u2019est pas une date valable.",
  "lost-size": "L\u2019adresse contient {name}={value}, mais le registre n\u2019a que {size} "
    + "entrées.",
  "error-embargo": "cet état du registre est encore sous embargo",
  "error-estimate": "ce qui est publié ne permet de calculer aucun chiffre\u202f; merci d\u2019en "
    + "avertir l\u2019éditeur",
};
