// Français : la page du plan, et le glossaire.
export default {
  "plan": "Le plan en mots",
  "plan-contents": "Sur cette page",
  "plan-lead": "Un plan est fixé avant que le premier événement soit compté, et il est public. Il "
    + "dit ce qui est compté, quand c’est publié, combien de fois une personne est comptée au "
    + "plus, ce qui protège cette personne et ce qui est absent des chiffres.",
  "plan-toml": "Télécharger le texte du plan (TOML)",
  "plan-span": "Période couverte",
  "plan-span-words": "{from} – {to}",
  "plan-zone": "Fuseau horaire",
  "plan-agency": "Identifiant",
  "part-counted": "Ce qui est compté",
  "part-releases": "Quand c’est publié",
  "part-person": "Combien de fois une personne est comptée au plus",
  "part-cost": "Ce que cela coûte en protection des données",
  "part-cut": "Ce qui n’est pas compté",
  "part-late": "Ce qui arrive tard, et les révisions",
  "part-cycle": "États et événements",
  "part-method": "Méthode et qualité",
  "part-amendments": "Modifications à ce jour",
  "part-glossary": "Glossaire",
  "flow-open": "Voir les chiffres",
  "flow-what": "Ce qui est compté",
  "flow-only": "Uniquement",
  "flow-unit": "Unité",
  "flow-periods": "Périodes",
  "flow-dimensions": "Ventilé par",
  "flow-bound": "Maximum par personne",
  "flow-cost": "Coût (protection des données)",
  "flow-late": "Événements tardifs",
  "flow-measured": "Mesuré",
  "flow-breaks": "Ruptures",
  "flow-of": "Calculé à partir de",
  "what-flow": "Ce qui se passe dans une période\u00a0: chaque transition d’un état à un autre, "
    + "dans la période où elle a lieu.",
  "what-balance": "Combien de personnes sont dans l’état {statuses} à la fin de chaque période, "
    + "ainsi que les entrées et les sorties entre-temps. Les trois chiffres s’accordent "
    + "exactement.",
  "what-stock": "Combien de personnes sont dans l’état {statuses} à la fin de chaque période.",
  "what-duration": "Le temps que des personnes passent dans l’état {statuses}. Il est compté dans "
    + "la période où il se termine, selon sa durée.",
  "what-cohort": "Toutes les personnes qui entrent dans l’état {statuses}, et ce qui leur arrive "
    + "ensuite, selon le nombre de mois civils écoulés.",
  "what-transition": "Ce qui se passe dans une période, pour chaque personne seulement la première "
    + "fois par {window} et case.",
  "what-at_bound": "Les personnes qui atteignent le plafond de «\u00a0{flow}\u00a0» et pour "
    + "lesquelles d’autres événements surviennent ensuite\u00a0: ceux-ci n’y figurent pas. Chacune "
    + "est comptée une fois par {window}, la première fois que cela se produit.",
  "what-rate": "Un chiffre publié divisé par un autre, avec l’intervalle qui découle des deux.",
  "unit-words-EVENTS": "Événements\u00a0: chaque événement est compté, même plusieurs d’une même "
    + "personne.",
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
  "measured-all": "Toutes les combinaisons de codes, pour chaque période.",
  "measured-some": "Certaines combinaisons de codes ne sont pas assez exactes pour être publiées "
    + "pour de courtes périodes.",
  "measured-these": "Combinaisons de dimensions mesurées ensemble\u00a0: {n}, avec tous leurs "
    + "totaux",
  "measured-total": "le total seulement",
  "measured-groups": "{name} par groupes",
  "measured-from": "{names}\u00a0: {grains} et périodes plus longues",
  "apart-words": "Il n’y a pas de total pour\u00a0: {names}. Une personne peut être comptée une "
    + "fois dans chaque code.",
  "bound-window": "{n} par {window}",
  "bound-both": "{n} par {window}, {month} par mois",
  "bound-first": "{bound}\u00a0: ce que {flow} compte d’abord de chaque personne",
  "cost-words": "ρ {rho} par {window}, soit {share} du budget ({window}).",
  "cost-none": "Rien\u00a0: le taux est calculé à partir de chiffres publiés.",
  "late-vintages": "Chaque période ({step}) est mesurée de nouveau {after} plus tard, et ce qui "
    + "est arrivé depuis est ajouté. Jusque-là, son chiffre est provisoire.",
  "late-once": "Chaque période ({step}) est mesurée une fois. Ce qui arrive après sa clôture n’y "
    + "figure pas.",
  "late-present": "Un événement tardif change le nombre de personnes à partir de la publication "
    + "suivante. Les chiffres antérieurs restent tels quels.",
  "late-refined": "Les chiffres d’une période ({step}) deviennent plus exacts avec chaque période "
    + "ultérieure de la même fenêtre ({window}), et sont définitifs quand elle se termine.",
  "release-step": "Pour chaque {step}, des chiffres sont publiés\u00a0: {n} statistiques, toutes à "
    + "chaque fois, qu’il se soit passé beaucoup ou peu de choses.",
  "release-step-one": "Pour chaque {step}, des chiffres sont publiés, qu’il se soit passé beaucoup "
    + "ou peu de choses.",
  "release-delay": "Une période ({step}) est close {delay} après sa fin. Jusque-là, les événements "
    + "tardifs sont considérés comme reçus dans les délais.",
  "release-prompt": "Une période ({step}) est close dès qu’elle se termine.",
  "release-embargo": "Les chiffres publiés sont retenus jusqu’à {hour} ({zone}), pour que tous "
    + "les reçoivent en même temps.",
  "release-open": "Les chiffres sont publics dès qu’ils sont publiés.",
  "release-sources": "Une période ({step}) attend ses sources, au plus {wait} de plus. Puis elle "
    + "est publiée sans celles qui n’ont pas transmis leurs données, et les chiffres indiquent "
    + "lesquelles.",
  "release-source": "{name}\u00a0: déclare chaque période ({every}) complète, délai\u00a0: "
    + "{within}",
  "release-source-days": "{name}, à partir de {from}\u00a0: déclare chaque période ({every}) "
    + "complète, délai\u00a0: {within}",
  "release-last": "Le dernier jour compté est le {last}. Rien ne prolonge le plan.",
  "release-once": "Une publication se fait une fois et n’est jamais retirée. Quelle que soit la "
    + "correction, les chiffres antérieurs restent consultables.",
  "person-lead": "Le bruit ne peut protéger une personne que si nul n’est compté sans limite. Le "
    + "plan indique donc pour chaque statistique combien de fois une personne est comptée au plus. "
    + "Les plafonds sont fixés avant que l’on voie des données\u202f; ce qui les dépasse est "
    + "absent des chiffres.",
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
    + "{budget}. Ce budget est débité au début de la fenêtre, quels que soient les chiffres. Le "
    + "plan permet {windows} et donc ρ {life} en tout\u202f; rien ne le renouvelle.",
  "cost-epsilon": "ρ {budget} correspond à {epsilon}.",
  "cut-bound": "Ce qu’une personne fait au-delà du plafond d’une statistique n’y figure pas. Le "
    + "nombre de personnes concernées est lui-même publié pour\u00a0: {flows}.",
  "cut-bound-none": "Ce qu’une personne fait au-delà du plafond d’une statistique n’y figure pas. "
    + "Ce plan ne mesure pas combien de personnes cela concerne.",
  "cut-newest": "{flow}, {when}\u00a0: {figure}.",
  "cut-once": "Dans une statistique de personnes, la même personne est comptée une fois par {step} "
    + "et case. Ce qui lui arrive de nouveau n’est pas ajouté.",
  "cut-cycle": "Un événement impossible dans l’état où se trouve une personne, comme la sortie de "
    + "quelqu’un qui est déjà parti, ne change rien et n’est pas compté.",
  "cut-codes": "Un événement avec un code que le plan n’a pas, ou qui n’était pas valable ce "
    + "jour-là, est refusé.",
  "cut-start": "Ce qui s’est passé avant le {start} ou se passe après le {end} n’est pas compté.",
  "cut-small": "Aucun chiffre n’est supprimé parce qu’il est petit. Les petits chiffres sont "
    + "publiés avec du bruit comme tous les autres, et peuvent même être négatifs.",
  "late-retention": "Un événement est accepté et conservé pendant {steps} après sa propre période "
    + "({step}). Ce qui arrive plus tard ne change rien.",
  "late-forever": "Les événements sont conservés sans limite de durée, de sorte qu’un événement "
    + "tardif peut encore être compté.",
  "late-forgotten": "Une personne sans événement pendant {windows} est oubliée, sauf si elle est "
    + "encore comptée comme présente.",
  "late-corrections": "Une source peut corriger ou retirer un événement. La correction est prise "
    + "en compte à la prochaine mesure de sa période, et ne l’est plus après la dernière.",
  "late-every": "Toutes les statistiques",
  "cycle-lead": "Chaque personne est dans un seul état à la fois. Les événements mènent d’un état "
    + "à un autre, et ce sont ces transitions qui sont comptées. Si un état n’a pas de ligne pour "
    + "un événement, celui-ci ne change rien.",
  "cycle-border": "Une personne est à l’étranger ou dans le pays. Une personne sans événement "
    + "antérieur peut entrer ou sortir.",
  "cycle-stay": "Une personne entre avec un séjour autorisé, qui peut faire l’objet d’une nouvelle "
    + "autorisation, d’une prolongation ou d’une révocation. Si son dernier jour passe sans départ "
    + "enregistré, le séjour a expiré\u202f; un départ après cela est tardif. L’entrée peut aussi "
    + "être refusée.",
  "cycle-return": "Une personne reçoit l’ordre de quitter le territoire. L’ordre peut être "
    + "suspendu, rétabli, retiré ou remplacé par un nouveau, et son délai peut expirer. La "
    + "personne part, avec ou sans ordre. L’entrée peut aussi être refusée.",
  "cycle-asylum": "Une personne demande l’asile, pour la première fois ou de nouveau. La demande "
    + "est retirée ou fait l’objet d’une décision de première instance. Une décision fait l’objet "
    + "d’un recours, ou devient définitive d’elle-même après un délai. Un recours est retiré ou "
    + "s’achève par une décision définitive.",
  "cycle-table": "Toutes les transitions",
  "col-from": "De",
  "col-event": "Ce qui se passe",
  "col-to": "Vers",
  "cycle-until": "{name}, quand sa date est passée",
  "cycle-after": "{name}, délai\u00a0: {days}",
  "cycle-named": "{kind}\u00a0: {name}",
  "event-ENTRY": "Entrée",
  "event-EXIT": "Sortie",
  "event-REFUSAL": "Refus d’entrée",
  "event-GRANT": "Nouvelle autorisation",
  "event-EXTENSION": "Prolongation",
  "event-REVOCATION": "Révocation",
  "event-LAPSE": "Le séjour expire",
  "event-DEPARTURE_UNSEEN": "Départ sans événement antérieur",
  "event-DEPARTURE_IN_TIME": "Départ dans les délais",
  "event-DEPARTURE_LATE": "Départ tardif",
  "event-DECISION": "Décision",
  "event-NEW_DECISION": "Nouvelle décision",
  "event-SUSPENSION": "Suspension",
  "event-RESUMPTION": "Rétablissement",
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
  "event-APPEAL_WITHDRAWN": "Retrait du recours",
  "event-FINAL_DECISION": "Décision définitive",
  "event-FINAL_UNAPPEALED": "Définitive sans recours",
  "amendments-lead": "Une modification est publique avant la première publication qu’elle "
    + "concerne. Elle ne change jamais un plafond, le bruit ou le budget.",
  "amendments-none": "Aucune.",
  "amendment-from": "À partir du {from}",
  "amendment-entry": "entrée {entry} du registre",
  "amendment-added": "Nouveau code {code} dans la liste {list}\u00a0: {name}",
  "amendment-closed": "Le code {code} de la liste {list} est fermé",
  "amendment-renamed": "Le code {code} de la liste {list} s’appelle désormais «\u00a0{name}\u00a0»",
  "amendment-break": "Rupture dans «\u00a0{flow}\u00a0»\u00a0: {note}",
  "amendment-source": "Nouvelle source\u00a0: {name}",
  "amendment-text": "Son texte",
  "glossary-lead": "Les mots de ces pages, chacun en une ou deux phrases.",
  "means-amendment": "Un changement public du plan. Il peut ajouter, fermer ou renommer des codes "
    + "ou signaler une rupture, mais ne change jamais un plafond, le bruit ou le budget.",
  "means-bound": "Combien de fois une personne est comptée au plus dans une fenêtre ou dans un "
    + "mois. Ce qui dépasse est absent des chiffres, et qui a été compté autant de fois et "
    + "revient dépasse le plafond\u202f; sans plafond, le bruit ne pourrait protéger personne.",
  "means-break": "À partir d’ici, les chiffres suivent une autre règle ou une autre source. Une "
    + "évolution à cet endroit peut en venir, et non de ce qui s’est passé.",
  "means-budget": "Le maximum de rho qui peut être dépensé pour une personne\u00a0: dans une "
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
  "means-estimate": "Un chiffre publié\u00a0: ce qui est compté plus du bruit. Il est juste en "
    + "moyenne, et presque jamais exactement.",
  "means-interval": "Du chiffre moins sa marge au chiffre plus sa marge. Sur cent intervalles de "
    + "ce genre, environ 95 contiennent ce qui est compté\u202f; celui d’une prévision immédiate "
    + "porte sur ce qui sera compté au final.",
  "means-late": "Un événement signalé après la clôture de sa période. Il est compté si le plan "
    + "mesure la période de nouveau, jusqu’à la dernière fois, et dès lors parmi les personnes "
    + "présentes.",
  "means-ledger": "La liste publique de tous les plans, débits et publications. On ne fait qu’y "
    + "ajouter des entrées\u202f; si l’une d’elles était changée ou retirée, quiconque vérifie le "
    + "remarquerait.",
  "means-life-cycle": "Les états dans lesquels une personne peut être, et les événements qui "
    + "mènent de l’un à l’autre.",
  "means-low-reliability": "La marge dépasse 30\u202f% du chiffre. Un tel chiffre est affiché, "
    + "mais son intervalle en dit plus que sa valeur.",
  "means-margin": "À quelle distance de ce qui est compté un chiffre peut se trouver à cause du "
    + "bruit\u00a0: pas davantage, avec un niveau de confiance de 95\u202f%. Ce que coupe un "
    + "plafond, ce qui arrive en retard et les erreurs dans les données n’y sont pas compris.",
  "means-noise": "Un nombre aléatoire ajouté à chaque mesure, pour que nul ne puisse être sûr "
    + "qu’une personne donnée a été comptée. Il rend les chiffres aussi souvent trop grands que "
    + "trop petits.",
  "means-nowcast": "Ce qu’un chiffre sera sans doute une fois comptés tous les événements "
    + "tardifs\u00a0: calculé à partir de chiffres publiés seulement, d’après ce qui est arrivé "
    + "en retard auparavant. Sa marge en tient compte aussi.",
  "means-plan": "Les règles de ces statistiques, fixées avant que le premier événement soit "
    + "compté.",
  "means-privacy-unit": "Ce qui est protégé comme un tout\u00a0: tout ce qui concerne une personne, "
    + "dans ce qui est mesuré dans une fenêtre.",
  "means-provisional": "Une mesure ultérieure changera encore ce chiffre, par exemple parce que "
    + "des événements tardifs sont ajoutés.",
  "means-release": "La publication des chiffres d’un pas. Elle se fait une fois et n’est jamais "
    + "retirée.",
  "means-retention": "La durée pendant laquelle les événements sont conservés avant d’être "
    + "effacés. Les chiffres publiés restent.",
  "means-revised": "Publié auparavant avec une autre valeur. La valeur antérieure reste "
    + "consultable.",
  "means-rho": "Ce que l’ensemble de ce qui est publié peut révéler d’une personne\u202f; plus "
    + "c’est petit, mieux c’est. C’est la mesure de la zero-concentrated differential privacy "
    + "(zCDP), et le rho de toutes les publications s’additionne.",
  "means-root": "Une courte empreinte de tout le registre. Si une entrée était différente, la "
    + "racine le serait aussi.",
  "means-series": "Les chiffres d’une sélection dans l’ordre du temps, comme les entrées à un "
    + "point de passage.",
  "means-silent": "Une source qui n’avait pas déclaré ses événements complets quand le chiffre a "
    + "été publié.",
  "means-source": "Une autorité dont le système transmet des événements.",
  "means-step": "La plus courte période pour laquelle il y a des chiffres. Les périodes plus "
    + "longues se composent de pas.",
  "means-structural-zero": "Il n’y avait rien à compter, par exemple parce qu’un point de passage "
    + "était fermé. Un tel zéro découle du plan.",
  "means-synthetic": "Fait d’événements simulés, pour montrer comment fonctionnent ces "
    + "statistiques. Rien ne concerne une personne vivante.",
  "means-unit": "Ce que compte un chiffre\u00a0: des personnes, chacune au plus une fois par pas "
    + "et case, ou des événements.",
  "means-vintage": "Une mesure d’un pas\u00a0: la première, ou une suivante qui ajoute ce qui a "
    + "été signalé en retard. Un chiffre indique l’entrée du registre de la plus récente qu’il "
    + "contient.",
  "means-window": "La durée qui a son propre budget\u202f; dans ce plan\u00a0: {window}.",
};
