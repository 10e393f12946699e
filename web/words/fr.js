// Français.
export default {
  "skip": "Aller aux chiffres",
  "synthetic-head": "Données synthétiques.",
  "synthetic": "Tous les événements à l’origine de ces chiffres sont simulés\u202f; aucun ne "
    + "concerne une personne réelle.",
  "fault": "Ce sont les derniers chiffres vérifiés. Ce qui a été publié ensuite n’a pas pu être "
    + "vérifié\u00a0: {fault}.",
  "front": "Nouveautés", "front-about": "À propos de ces statistiques",
  "front-all": "Toutes les statistiques",
  "front-words": "{title}\u00a0: statistiques publiées par {controller}. Base juridique\u00a0: "
    + "{basis}. Finalité\u00a0: {purpose}. Les chiffres dénombrent des événements et des "
    + "personnes\u202f; rien ici ne porte sur une personne en particulier. Un bruit aléatoire "
    + "protège chaque personne comptée\u00a0: chaque chiffre est donc une estimation assortie "
    + "d’un intervalle. Chacun peut les lire, les télécharger et les vérifier.",
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
  "lost-parts": "La clé comporte {given} parties, mais la statistique a {n} dimensions\u00a0: "
    + "{names}.",
  "lost-option": "L’adresse contient {name}={value}, qui n’a pas de sens ici.",
  "lost-without": "La même vue sans cette indication", "lost-front": "Nouveautés",
  "more": "Plus", "more-vintage": "Entrée {size}",
  "nav": "Pages", "nav-figures": "Chiffres", "nav-ledger": "Registre", "nav-plan": "Plan",
  "nav-language": "Langue",
  "catalogue": "Statistiques", "search": "Rechercher une statistique",
  "search-none": "Aucun résultat.", "search-count": "Résultats\u00a0: {count} sur {all}",
  "up-to": "dernière période\u00a0: {period}", "not-yet": "rien de publié pour l’instant",
  "released-to": "Dernière période publiée", "next-release": "Prochaine publication",
  "in-time": "{period}, le {instant} ({left})", "due": "attendue maintenant",
  "embargo": "Sous embargo",
  "embargo-until": "dernière période\u00a0: {period}\u202f; levée\u00a0: {until}",
  "embargoed": "sous embargo\u202f; levée\u00a0: {until}",
  "embargoed-all": "Les chiffres de cet intervalle sont sous embargo. Levée\u00a0: {until}.",
  "left": "dans {time}",
  "choose": "Choisir ce qui est affiché",
  "grain": "Durée", "from": "Du", "to": "Au", "range": "Périodes",
  "recent": "Récentes", "all": "Toutes", "between": "Du – au",
  "codes": "Libellés", "codes-name": "Nom", "codes-code": "Code", "codes-both": "Les deux",
  "view": "Vue", "view-table": "Tableau", "view-chart": "Graphique", "view-map": "Carte",
  "vintage": "Millésimes et révisions", "as-of": "État des données", "newest": "Dernier état",
  "since": "Signaler les révisions depuis", "since-none": "Ne pas comparer",
  "vintage-option": "dernière période\u00a0: {period} (entrée {size})",
  "vintage-shown": "Vous consultez l’état de l’entrée {size} du registre, qui n’est pas le "
    + "dernier.",
  "filter": "Filtrer\u00a0: {dimension}", "only-total": "Total seulement",
  "every": "Tous les codes",
  "chosen": { one: "{first} et {count} autre", other: "{first} et {count} autres" },
  "code-FREQ-N15": "Quart d’heure",
  "code-FREQ-H": "Heure", "code-FREQ-D": "Jour", "code-FREQ-W": "Semaine",
  "code-FREQ-M": "Mois", "code-FREQ-Q": "Trimestre", "code-FREQ-A": "Année", "total": "Ensemble",
  "loading": "Chargement des chiffres.", "again": "Réessayer",
  "cannot": "Les chiffres ne peuvent pas être affichés\u00a0: {why}.",
  "nothing": "Aucune période entière de cette durée n’a été publiée dans cet intervalle. "
    + "Choisissez une durée plus courte ou un intervalle plus large, ou revenez après la "
    + "prochaine publication.",
  "too-many": "Il y a {count} séries\u202f; les {max} premières ont un graphique. Le tableau les "
    + "contient toutes.",
  "multiples": "{first} – {last}, avec l’intervalle de confiance à 95\u202f%\u202f; chaque "
    + "graphique a sa propre échelle",
  "flag-b": "rupture de série\u00a0: la règle ou la source change ici",
  "flag-p": "provisoire", "flag-u": "fiabilité faible", "flag-none": "définitif",
  "flag-z": "zéro structurel\u00a0: fermé pendant cette période",
  "flag-s": "une source n’avait pas transmis ses données",
  "silent": { one: "À la date de publication, {names} n’avait pas transmis ses données.",
    other: "À la date de publication, {names} n’avaient pas transmis leurs données." },
  "silent-note": "{periods}\u00a0: {words}",
  "silent-more": { one: "{periods}\u202f; et {count} autre",
    other: "{periods}\u202f; et {count} autres" },
  "interval-none": "Aucun cas ou très peu\u00a0: le bruit a déplacé tout l’intervalle au-dessous "
    + "de zéro.",
  "interval-between": "Entre {low} et {high}, avec un niveau de confiance de 95\u202f%.",
  "interval-most": "Au plus {high}, avec un niveau de confiance de 95\u202f%\u202f; il se peut "
    + "qu’il n’y en ait aucun.",
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
  "revised-count": "Depuis l’entrée {size} du registre, chiffres révisés\u00a0: {revised} sur "
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
  "map-play": "Faire défiler les périodes",
  "map-pause": "Pause",
  "map-region": "Région", "region-world": "Monde", "region-europe": "Europe",
  "region-africa": "Afrique", "region-americas": "Amériques", "region-asia": "Asie",
  "region-oceania": "Océanie",
  "map-shows": "La carte montre", "map-all": "{dimension}\u00a0: tous", "map-by": "Par {dimension}",
  "map-under": "moins de {high}", "map-class": "de {low} à moins de {high}",
  "map-over": "{low} et plus", "map-any": "tout chiffre", "map-none": "pas de chiffre",
  "map-weak": "hachures ou [u]\u00a0: fiabilité faible",
  "map-few": "{figure} (au plus {high})",
  "map-groups": "Groupes", "map-beside": "Hors de la carte",
  "map-label": "{region}\u00a0: carte par {dimension}\u202f; le tableau ci-dessous donne tous les "
    + "chiffres",
  "map-pick": "Un clic sur un pays le choisit pour «\u00a0{dimension}\u00a0», un second clic les "
    + "choisit tous.",
  "map-at-not": "Il n’y a pas de chiffres pour la période {at}\u202f; les plus récents sont "
    + "affichés.",
  "map-embargoed": "Les chiffres jusqu’à {last} sont sous embargo jusqu’au {until} et ne sont pas "
    + "affichés.",
  "map-unmeasured": "Il n’y a pas de chiffres par pays pour ce choix et cette durée de période.",
  "map-instead": "Il y en a peut-être ici\u00a0:",
  "map-not": "Il n’y a pas de carte de «\u00a0{name}\u00a0», faute de liste de pays.",
  "picture-instead": "Afficher le graphique",
  "take": "Télécharger, citer et réutiliser", "downloads": "Télécharger", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV du serveur",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 générique",
  "cite": "Citer", "call": "Obtenir les mêmes chiffres avec un programme",
  "embed": "Intégrer ce graphique",
  "copy": "Copier", "copied": "Copié", "link": "Lien vers cette vue",
  "citation": "{agency} ({year}). {title}\u00a0: {flow}. {series}. État de l’entrée {size} du "
    + "registre, dernière période\u00a0: {period}. Estimations avec marges d’erreur à 95\u202f%. "
    + "{address}",
  "reading": "Comment lire ces chiffres",
  "reading-1": "Valeur et marge d’erreur. Chaque chiffre est une estimation sans biais. Avec un "
    + "niveau de confiance de 95\u202f%, le vrai nombre se trouve dans la marge.",
  "reading-2": "Valeurs négatives et zéros. Le bruit peut jouer dans les deux sens\u00a0: un "
    + "petit nombre peut apparaître au-dessous de zéro, et un zéro peut représenter quelques "
    + "personnes. Ces chiffres sont donnés tels quels\u00a0: les ramener à zéro rendrait tous les "
    + "totaux trop élevés.",
  "reading-3": "Provisoire. Des mesures ultérieures peuvent encore préciser le chiffre. Chacun de "
    + "ses états antérieurs reste disponible.",
  "reading-4": "Fiabilité faible. La marge d’erreur dépasse 30\u202f% du chiffre.",
  "reading-6": "Zéro structurel. D’après les listes de codes, il n’y a rien à compter, par "
    + "exemple à un point de passage fermé. Ce zéro est connu et n’a pas de marge d’erreur\u202f; "
    + "dans un tableau dont les totaux sont mesurés séparément, un chiffre mesuré est donné à la "
    + "place.",
  "reading-7": "Sources. Un chiffre est publié même si un organisme n’a pas transmis ses données "
    + "à temps. C’est alors signalé, jusqu’à ce qu’une mesure ultérieure de la période tienne "
    + "compte de ces données.",
  "reading-5": "Arrondi. Les chiffres dont la marge d’erreur est d’au moins 1 sont publiés en "
    + "nombres entiers, de sorte que les cases et les périodes s’additionnent exactement. La "
    + "marge tient compte de l’arrondi. Les fichiers donnent les millièmes avec decimals=3 dans "
    + "leur adresse.",
  "about": "À propos de cette statistique", "quality": "Qualité",
  "meta-publisher": "Éditeur", "meta-basis": "Base juridique", "meta-purpose": "Finalité",
  "meta-contact": "Contact", "meta-area": "Zone de référence", "meta-unit": "Unité de mesure",
  "meta-step": "Période la plus courte", "meta-dimensions": "Dimensions",
  "meta-id": "Identifiant",
  "meta-breaks": "Ruptures de série", "meta-break": "à partir de {from}\u00a0: {note}",
  "meta-bound": "Compté au plus",
  "meta-bound-times": { one: "{count} fois par personne et par {window}",
    other: "{count} fois par personne et par {window}" },
  "meta-codes": { one: "{name} ({count} code)", other: "{name} ({count} codes)" },
  "word-year": "année", "word-month": "mois", "word-quarter": "trimestre", "word-day": "jour",
  "word-quarter_hour": "quart d’heure", "word-hour": "heure", "word-week": "semaine",
  "unit-PERSONS": "personnes", "unit-EVENTS": "événements",
  "quality-accuracy": "Exactitude",
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
  "quality-revisions": "Révisions",
  "quality-revisions-none": {
    one: "Aucun des chiffres affichés n’a changé avec la dernière publication.",
    other: "Aucun des chiffres affichés n’a changé au cours des {count} dernières publications." },
  "quality-revisions-some": {
    one: "Chiffres déjà publiés avant la dernière publication\u00a0: {shared}. Modifiés "
    + "depuis\u00a0: {changed}, de {median} en médiane\u202f; leur marge d’erreur médiane était "
    + "de {margin}.",
    other: "Chiffres déjà publiés il y a {count} publications\u00a0: {shared}. Modifiés "
    + "depuis\u00a0: {changed}, de {median} en médiane\u202f; leur marge d’erreur médiane était "
    + "de {margin}." },
  "quality-revisions-short": "Trop peu de publications pour l’instant.",
  "privacy": "Protection des données",
  "privacy-unit": "Sont protégés tous les événements d’une personne au cours d’une période "
    + "({window}). Si cette personne n’avait jamais été comptée, tout ce qui est publié ici "
    + "serait presque identique.",
  "privacy-unit-carried": "Sont protégés tous les événements d’une personne au cours d’une "
    + "période ({window}), avec le statut qu’elle avait en y entrant. Si cette personne n’avait "
    + "jamais été comptée, tout ce qui est publié ici serait presque identique.",
  "privacy-meaning": "En une phrase\u00a0: quelqu’un qui parie à cotes égales sur le fait qu’une "
    + "certaine personne a été comptée ou non au cours d’une période ({window}), et qui connaît "
    + "tout ce qui est publié sur cette période et tout le reste du monde, gagne au plus "
    + "{odds}\u202f% des paris.",
  "privacy-flow": "Cette statistique utilise ρ\u00a0{rho} par {window}, quels que soient ses "
    + "chiffres.",
  "windows-day": { one: "{count} jour", other: "{count} jours" },
  "windows-week": { one: "{count} semaine", other: "{count} semaines" },
  "windows-month": { one: "{count} mois", other: "{count} mois" },
  "windows-quarter": { one: "{count} trimestre", other: "{count} trimestres" },
  "windows-year": { one: "{count} an", other: "{count} ans" },
  "spent-plan": "Dépensé sur la durée du plan ({windows})",
  "spent-window": "Dépensé\u00a0: {period}",
  "rho-of": "ρ\u00a0{spent} sur {budget} ({share})",
  "privacy-epsilon": "Le budget de ρ\u00a0{budget} par {window} correspond à {epsilon}. Il est "
    + "imputé au début, pour toutes les publications de la période. La durée du plan est de "
    + "{windows}\u202f; rien ne le renouvelle.",
  "epsilon-at": "ε\u00a0{epsilon} pour δ\u00a0{delta}",
  "ledger": "Registre",
  "ledger-lead": "Chaque imputation et chaque publication est une entrée d’un registre public, "
    + "auquel on ne peut qu’ajouter et que chacun peut vérifier. Cette page le vérifie ici, dans "
    + "votre navigateur.",
  "ledger-short": "Chaque imputation et chaque publication est une entrée d’un registre public, "
    + "auquel on ne peut qu’ajouter.",
  "ledger-state": { one: "{count} entrée, du {at}. Racine {root}",
    other: "{count} entrées, la dernière du {at}. Racine {root}" },
  "ledger-open": "Vérifier dans ce navigateur", "checkpoint": "État signé du registre",
  "verification": "Vérification",
  "verify-program": "Vérifier avec le programme, imputations comprises",
  "entries": "Entrées", "entry": "Entrée", "what": "Nature", "subject": "Objet", "when": "Date",
  "digest": "Empreinte", "check": "Vérifier le fichier", "newer": "Plus récentes",
  "older": "Plus anciennes",
  "entries-shown": "Entrées {from} à {to} sur {size}, de la plus récente à la plus ancienne",
  "kind-genesis": "Origine", "kind-plan": "Plan", "kind-charge": "Imputation",
  "kind-amendment": "Modification",
  "kind-release": "Publication", "waiting": "…", "ok": "Vérifié", "bad": "Non vérifié",
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
  "check-key-note": "La clé vient de ce serveur. Comparez-la à celle que l’organisme publie "
    + "ailleurs\u00a0: c’est seulement ainsi qu’une signature prouve qui a signé.",
  "embed-source": "Source\u00a0: {controller}, {title}.", "embed-open": "Ouvrir la vue complète",
  // Ce que chaque statistique a, quel que soit son plan.
  "dimension-FREQ": "Périodicité", "dimension-REF_AREA": "Zone de référence",
  "dimension-INDICATOR": "Indicateur", "dimension-UNIT": "Unité",
  "code-INDICATOR-STOCK": "Présents à la fin de la période",
  "code-INDICATOR-ARRIVALS": "Entrées", "code-INDICATOR-DEPARTURES": "Sorties",
  // Signes de la langue.
  "labelled": "{label}\u00a0: {words}", "quoted": "«\u00a0{text}\u00a0»",
  // Pourquoi il n’y a pas de réponse.
  "error-busy": "le serveur est actuellement surchargé",
  "error-timeout": "le serveur a mis trop de temps à répondre",
  "error-network": "le serveur est injoignable",
  "error-not-ready": "le serveur n’a pas encore de registre vérifié",
  "error-not-found": "il n’y a rien à cette adresse",
  "error-too-large": "la réponse serait trop volumineuse\u202f; choisissez moins de codes ou un "
    + "intervalle plus court",
  "error-uri-too-long": "l’adresse est trop longue\u202f; choisissez moins de codes",
  "error-unmeasured": "ces codes ne sont pas mesurés pour des périodes de cette durée\u202f; "
    + "choisissez des périodes plus longues ou des codes moins fins",
  "error-unverified": "un fichier ne correspond pas au registre\u202f; il n’est donc pas affiché",
  "error-unwritable": "la réponse ne peut pas être écrite",
  "error-parameter": "l’adresse contient un paramètre inconnu",
  "error-key": "la clé de l’adresse ne convient pas à la statistique",
  "error-unknown-code": "l’adresse contient un code qui n’existe pas",
  "error-unknown-dataflow": "l’adresse nomme une statistique qui n’existe pas",
};
