// Français : la page du plan, et le glossaire.
export default {
  "plan": "Le plan en mots",
  "plan-contents": "Sur cette page",
  "plan-lead": "Un plan est fixé avant que le premier événement soit compté, et il est public. Il "
    + "dit ce qui est compté, quand c’est publié, combien de fois une personne compte au plus, ce "
    + "qui protège cette personne et ce qui manque aux chiffres.",
  "plan-toml": "Télécharger le texte du plan (TOML)",
  "plan-span": "Période couverte",
  "plan-span-words": "{from} – {to}",
  "plan-zone": "Fuseau horaire",
  "plan-agency": "Identifiant",
  "part-counted": "Ce qui est compté",
  "part-releases": "Quand c’est publié",
  "part-person": "Combien de fois une personne compte au plus",
  "part-cost": "Ce que coûte la protection",
  "part-cut": "Ce qui n’est pas compté",
  "part-late": "Ce qui arrive tard, et révisions",
  "part-cycle": "États et événements",
  "part-method": "Méthode et qualité",
  "part-amendments": "Modifications à ce jour",
  "part-glossary": "Glossaire",
  "flow-open": "Voir les chiffres",
  "flow-what": "Ce qui compte",
  "flow-only": "Seulement",
  "flow-unit": "Unité",
  "flow-periods": "Périodes",
  "flow-dimensions": "Ventilé par",
  "flow-bound": "Par personne au plus",
  "flow-cost": "Coût (protection)",
  "flow-late": "Événements tardifs",
  "flow-measured": "Mesuré",
  "flow-breaks": "Ruptures",
  "flow-of": "Calculé à partir de",
  "what-flow": "Ce qui se passe dans une période\u00a0: chaque passage d’un état à un autre, dans "
    + "la période où il a lieu.",
  "what-balance": "Combien de personnes sont dans l’état {statuses} à la fin de chaque période, "
    + "combien y arrivent et combien le quittent entre-temps. Les trois chiffres s’accordent "
    + "exactement.",
  "what-stock": "Combien de personnes sont dans l’état {statuses} à la fin de chaque période.",
  "what-duration": "Le temps que des personnes passent dans l’état {statuses}. Il compte dans la "
    + "période où il se termine, selon sa longueur.",
  "what-cohort": "Toutes les personnes qui arrivent dans l’état {statuses}, et ce qui leur arrive "
    + "ensuite, selon le nombre de mois civils écoulés.",
  "what-transition": "Ce qui se passe dans une période, pour chaque personne seulement la "
    + "première fois par {window} et cellule.",
  "what-at_bound": "Les personnes qui atteignent le plafond de «\u00a0{flow}\u00a0» et à qui il "
    + "arrive davantage\u00a0: cela y manque. Chacune compte une fois par {window}, quand cela "
    + "arrive pour la première fois.",
  "what-rate": "Un chiffre publié divisé par un autre, avec l’intervalle qui découle des deux.",
  "unit-words-EVENTS": "Événements\u00a0: chaque événement compte, même plusieurs d’une personne.",
  "unit-words-PERSONS": "Personnes.",
  "periods-words": "{grains}. La plus courte\u00a0: {step}\u202f; les plus longues en sont "
    + "composées.",
  "grains-N15": "quarts d’heure",
  "grains-H": "heures",
  "grains-D": "jours",
  "grains-W": "semaines",
  "grains-M": "mois",
  "grains-Q": "trimestres",
  "grains-A": "années",
  "dimension-codes": { one: "{name} ({count} code)",
    other: "{name} ({count} codes)" },
  "dimension-groups": {
    one: "{name} ({n} codes en {count} groupe)",
    other: "{name} ({n} codes en {count} groupes)" },
  "dimensions-none": "Rien\u00a0: il n’y a que le total.",
  "measured-all": "Chaque combinaison de codes, dans chaque période.",
  "measured-some": "Toutes les combinaisons de codes ne sont pas assez exactes pour être publiées "
    + "pour de courtes périodes.",
  "measured-these": "Les {n} qui le sont, avec tous leurs totaux",
  "measured-total": "le total seulement",
  "measured-groups": "{name} par groupes",
  "measured-from": "{names}\u00a0: {grains} et plus long",
  "apart-words": "Il n’y a pas de total sur {names}\u00a0: une personne peut compter une fois "
    + "dans chaque code.",
  "bound-window": "{n} par {window}",
  "bound-both": "{n} par {window}, {month} par mois",
  "cost-words": "ρ {rho} par {window}, soit {share} du budget ({window}).",
  "cost-none": "Rien\u00a0: il est calculé à partir de chiffres publiés.",
  "late-vintages": "Chaque période ({step}) est mesurée de nouveau plus tard, après {after}, et "
    + "ce qui est arrivé depuis est ajouté. Jusque-là son chiffre est provisoire.",
  "late-once": "Chaque période ({step}) est mesurée une fois. Ce qui arrive après sa clôture y "
    + "manque.",
  "late-present": "Un événement tardif change le nombre de personnes à partir de la publication "
    + "suivante. Les chiffres antérieurs restent tels quels.",
  "late-refined": "Les chiffres d’une période ({step}) deviennent plus exacts avec chaque période "
    + "ultérieure de la même fenêtre ({window}), et sont définitifs quand elle se termine.",
  "release-step": "Des chiffres sont publiés par {step}\u00a0: {n} statistiques, toutes chaque "
    + "fois, qu’il se soit passé beaucoup ou peu.",
  "release-step-one": "Des chiffres sont publiés par {step}, qu’il se soit passé beaucoup ou peu.",
  "release-delay": "Une période ({step}) est close {delay} après sa fin. Jusque-là, les "
    + "événements tardifs comptent comme à temps.",
  "release-prompt": "Une période ({step}) est close dès qu’elle se termine.",
  "release-embargo": "Les chiffres publiés sont retenus jusqu’à {hour} ({zone}), pour que tous "
    + "les reçoivent en même temps.",
  "release-open": "Les chiffres sont publics dès qu’ils sont publiés.",
  "release-sources": "Une période ({step}) attend ses sources, au plus {wait} de plus. Puis elle "
    + "est publiée sans celles qui n’ont pas livré, et les chiffres disent lesquelles.",
  "release-source": "{name}\u00a0: déclare chaque période ({every}) complète, délai\u00a0: "
    + "{within}",
  "release-source-days": "{name}, à partir de {from}\u00a0: déclare chaque période ({every}) "
    + "complète, délai\u00a0: {within}",
  "release-last": "Le dernier jour compté est le {last}. Rien ne prolonge le plan.",
  "release-once": "Une publication se fait une fois et n’est jamais retirée. Quoi qui la corrige, "
    + "les chiffres antérieurs restent lisibles.",
  "person-lead": "Le bruit ne peut protéger une personne que si personne ne compte sans limite. "
    + "Le plan dit donc pour chaque statistique combien de fois une personne compte au plus. Les "
    + "plafonds sont fixés avant que l’on voie des données\u202f; ce qui les dépasse manque aux "
    + "chiffres.",
  "table-bounds": "Plafonds des statistiques",
  "table-costs": "Coûts des statistiques",
  "col-flow": "Statistique",
  "col-window": "Par {window}",
  "col-month": "Par mois",
  "col-rho": "ρ par {window}",
  "col-share": "Part du budget",
  "none": "–",
  "row-left": "Non utilisé",
  "row-window": "Budget ({window})",
  "row-life": "Budget du plan, {windows}",
  "cost-lead": "Tout ce qui est publié sur une fenêtre ({window}) peut consommer au plus ρ "
    + "{budget}. Ce budget est imputé au début de la fenêtre, quels que soient les chiffres. Le "
    + "plan permet {windows} et donc ρ {life} en tout\u202f; rien ne le renouvelle.",
  "cost-epsilon": "ρ {budget} correspond à {epsilon}.",
  "cut-bound": "Ce qu’une personne fait au-delà du plafond d’une statistique y manque. Le nombre "
    + "de personnes concernées est lui-même publié pour\u00a0: {flows}.",
  "cut-bound-none": "Ce qu’une personne fait au-delà du plafond d’une statistique y manque. Ce "
    + "plan ne mesure pas combien de personnes cela concerne.",
  "cut-newest": "{flow}, {when}\u00a0: {figure}.",
  "cut-once": "Dans une statistique de personnes, la même personne compte une fois par {step} et "
    + "cellule. Ce qui lui arrive de nouveau n’est pas ajouté.",
  "cut-cycle": "Un événement impossible dans l’état où se trouve une personne, comme la sortie de "
    + "quelqu’un qui est déjà parti, ne change rien et n’est pas compté.",
  "cut-codes": "Un événement avec un code que le plan n’a pas, ou qui n’était pas valable ce "
    + "jour-là, est refusé.",
  "cut-start": "Ce qui s’est passé avant le {start} ou se passe après le {end} n’est pas compté.",
  "cut-small": "Rien n’est supprimé parce que c’est petit. Les petits chiffres sont publiés avec "
    + "du bruit comme tous les autres, et peuvent même être négatifs.",
  "late-retention": "Un événement est accepté et conservé après sa propre période ({step}) "
    + "pendant\u00a0: {steps}. Ce qui arrive plus tard ne change rien.",
  "late-forever": "Les événements sont conservés pour toujours, de sorte qu’un événement tardif "
    + "peut encore compter.",
  "late-forgotten": "Une personne sans événement est oubliée après\u00a0: {windows}, sauf si elle "
    + "est encore comptée comme présente.",
  "late-corrections": "Une source peut corriger ou retirer un événement. La correction compte à "
    + "la prochaine mesure de sa période, et plus après la dernière.",
  "late-every": "Toutes les statistiques",
  "cycle-lead": "Chaque personne est dans un seul état à la fois. Les événements mènent d’un état "
    + "à un autre, et ce sont ces passages qui sont comptés. Si un état n’a pas de ligne pour un "
    + "événement, celui-ci ne change rien.",
  "cycle-border": "Une personne est à l’étranger ou présente. Une personne encore jamais vue peut "
    + "entrer ou sortir.",
  "cycle-stay": "Une personne entre avec un séjour autorisé, qui peut être accordé de nouveau, "
    + "prolongé ou retiré. Si son dernier jour passe sans départ enregistré, le séjour a "
    + "expiré\u202f; un départ après cela est tardif. L’entrée peut aussi être refusée.",
  "cycle-return": "Une personne reçoit l’ordre de partir. L’ordre peut être suspendu, repris, "
    + "retiré ou remplacé par un nouveau, et son délai peut expirer. La personne part, avec ou "
    + "sans ordre. L’entrée peut aussi être refusée.",
  "cycle-asylum": "Une personne demande l’asile, pour la première fois ou de nouveau. La demande "
    + "est retirée ou tranchée en première instance. Une décision fait l’objet d’un recours, ou "
    + "devient définitive d’elle-même après un délai. Un recours est retiré ou s’achève par une "
    + "décision définitive.",
  "cycle-table": "Tous les passages",
  "col-from": "De",
  "col-event": "Ce qui se passe",
  "col-to": "À",
  "cycle-until": "{name}, quand sa date est passée",
  "cycle-after": "{name}, délai\u00a0: {days}",
  "cycle-named": "{kind}\u00a0: {name}",
  "event-ENTRY": "Entrée",
  "event-EXIT": "Sortie",
  "event-REFUSAL": "Refus d’entrée",
  "event-GRANT": "Nouvel octroi",
  "event-EXTENSION": "Prolongation",
  "event-REVOCATION": "Retrait du séjour",
  "event-LAPSE": "Le séjour expire",
  "event-DEPARTURE_UNSEEN": "Départ d’une personne jamais vue",
  "event-DEPARTURE_IN_TIME": "Départ à temps",
  "event-DEPARTURE_LATE": "Départ tardif",
  "event-DECISION": "Décision",
  "event-NEW_DECISION": "Nouvelle décision",
  "event-SUSPENSION": "Suspension",
  "event-RESUMPTION": "Reprise",
  "event-WITHDRAWAL": "Retrait",
  "event-DEPARTURE": "Départ",
  "event-DEPARTURE_IN_TERM": "Départ dans le délai",
  "event-DEPARTURE_AFTER_TERM": "Départ après le délai",
  "event-DEPARTURE_WITHOUT_DECISION": "Départ sans ordre",
  "event-TERM_ENDED": "Le délai expire",
  "event-APPLICATION": "Demande",
  "event-FIRST_APPLICATION": "Première demande",
  "event-SUBSEQUENT_APPLICATION": "Demande ultérieure",
  "event-APPEAL": "Recours",
  "event-APPEAL_WITHDRAWN": "Recours retiré",
  "event-FINAL_DECISION": "Décision définitive",
  "event-FINAL_UNAPPEALED": "Définitive faute de recours",
  "amendments-lead": "Une modification est publique avant la première publication qu’elle "
    + "concerne. Elle ne change jamais un plafond, le bruit ou le budget.",
  "amendments-none": "Aucune.",
  "amendment-from": "À partir du {from}",
  "amendment-entry": "entrée {entry} du registre",
  "amendment-added": "Nouveau code {code} dans {list}\u00a0: {name}",
  "amendment-closed": "Le code {code} de {list} est fermé",
  "amendment-renamed": "Le code {code} de {list} s’appelle désormais {name}",
  "amendment-break": "Rupture dans {flow}\u00a0: {note}",
  "amendment-source": "La source {name} commence",
  "amendment-text": "Son texte",
  "glossary-lead": "Les mots de ces pages, chacun en une ou deux phrases.",
  "means-amendment": "Un changement public du plan. Il peut ajouter, fermer ou renommer des codes "
    + "ou signaler une rupture, mais ne change jamais un plafond, le bruit ou le budget.",
  "means-bound": "Combien de fois une personne compte au plus dans une fenêtre ou dans un mois. "
    + "Ce qui dépasse manque aux chiffres\u202f; sans plafond, le bruit ne pourrait protéger "
    + "personne.",
  "means-break": "À partir d’ici, les chiffres suivent une autre règle ou une autre source. Un "
    + "changement à cet endroit peut en venir, et non de ce qui s’est passé.",
  "means-budget": "Le plus de rho qui puisse être dépensé pour une personne\u00a0: dans une "
    + "fenêtre, et dans toutes celles du plan ensemble. Ce qui est dépensé ne revient jamais.",
  "means-charge": "Une entrée du registre qui prélève du rho sur le budget. Elle est faite avant "
    + "toute publication qui l’utilise.",
  "means-checkpoint": "Le nombre d’entrées et la racine du registre, signés par l’éditeur.",
  "means-dataflow": "Une statistique du plan, avec ses dimensions, son plafond et sa part du "
    + "budget.",
  "means-dimension": "Une propriété par laquelle les chiffres sont ventilés, comme la "
    + "nationalité. Elle a une liste fermée de codes.",
  "means-embargo": "Un chiffre publié est retenu jusqu’à une heure que le plan indique, pour que "
    + "tous le reçoivent en même temps.",
  "means-epsilon": "Une autre mesure de ce que mesure rho, répandue dans la littérature. Ici elle "
    + "est calculée à partir de rho et vaut sauf avec la probabilité infime delta.",
  "means-estimate": "Un chiffre publié\u00a0: le compte réel plus du bruit. Il est juste en "
    + "moyenne, et presque jamais exactement.",
  "means-interval": "Du chiffre moins sa marge au chiffre plus sa marge. Sur cent intervalles de "
    + "ce genre, environ 95 contiennent le compte réel.",
  "means-late": "Un événement qui arrive après la clôture de sa période. Il ne compte que là où "
    + "le plan mesure la période de nouveau.",
  "means-ledger": "La liste publique de tous les plans, imputations et publications. On ne fait "
    + "qu’y ajouter\u202f; si une entrée était changée ou retirée, quiconque vérifie le "
    + "remarquerait.",
  "means-life-cycle": "Les états dans lesquels une personne peut être, et les événements qui "
    + "mènent de l’un à l’autre.",
  "means-low-reliability": "La marge dépasse 30\u202f% du chiffre. Un tel chiffre est montré, "
    + "mais son intervalle en dit plus que sa valeur.",
  "means-margin": "À quelle distance du compte réel un chiffre peut se trouver à cause du bruit. "
    + "Avec 95\u202f% de confiance, il n’est pas plus loin. Les erreurs dans les données et ce "
    + "que coupe un plafond n’y sont pas compris.",
  "means-noise": "Un nombre aléatoire ajouté à chaque mesure, pour que personne ne puisse être "
    + "sûr qu’une personne a été comptée. Il rend les chiffres aussi souvent trop grands que trop "
    + "petits.",
  "means-plan": "Les règles de ces statistiques, fixées avant que le premier événement soit "
    + "compté.",
  "means-privacy-unit": "Ce qui est protégé comme un tout\u00a0: tout ce qu’une personne fait "
    + "dans une fenêtre.",
  "means-provisional": "Une mesure ultérieure changera encore ce chiffre, par exemple parce que "
    + "des événements tardifs sont ajoutés.",
  "means-release": "La publication des chiffres d’un pas. Elle se fait une fois et n’est jamais "
    + "retirée.",
  "means-retention": "Combien de temps les événements sont conservés avant d’être effacés. Les "
    + "chiffres publiés restent.",
  "means-revised": "Publié auparavant avec une autre valeur. La valeur antérieure reste lisible.",
  "means-rho": "Combien tout ce qui est publié ensemble peut révéler d’une personne\u202f; moins "
    + "vaut mieux. C’est la mesure de la zero-concentrated differential privacy (zCDP), et le rho "
    + "de toutes les publications s’additionne.",
  "means-root": "Une courte empreinte de tout le registre. Si une entrée était différente, la "
    + "racine le serait aussi.",
  "means-series": "Les chiffres d’une sélection dans l’ordre du temps, comme les arrivées à un "
    + "point de passage.",
  "means-silent": "Une source qui n’avait pas déclaré ses événements complets quand le chiffre a "
    + "été publié.",
  "means-source": "Une autorité dont le système livre des événements.",
  "means-step": "La plus courte période pour laquelle il y a des chiffres. Les périodes plus "
    + "longues se composent de pas.",
  "means-structural-zero": "Il n’y avait rien à compter, par exemple parce qu’un point de passage "
    + "était fermé. Un tel zéro découle du plan.",
  "means-synthetic": "Fait d’événements simulés, pour montrer comment fonctionnent ces "
    + "statistiques. Rien ne concerne une personne vivante.",
  "means-unit": "Ce que compte un chiffre\u00a0: des personnes, chacune au plus une fois par pas "
    + "et cellule, ou des événements.",
  "means-vintage": "L’état des chiffres à un moment donné, nommé par le nombre d’entrées que le "
    + "registre avait alors.",
  "means-window": "L’espace de temps qui a son propre budget\u202f; dans ce plan\u00a0: {window}.",
};
