// Español: la página del plan y el glosario.
export default {
  "plan": "El plan en palabras",
  "plan-contents": "En esta página",
  "plan-lead": "Un plan se fija antes de contar el primer suceso, y es público. Dice qué se "
    + "cuenta, cuándo se publica, cuántas veces cuenta una persona como máximo, qué la protege y "
    + "qué falta en las cifras.",
  "plan-toml": "Descargar el texto del plan (TOML)",
  "plan-span": "Periodo cubierto",
  "plan-span-words": "{from} – {to}",
  "plan-zone": "Zona horaria",
  "plan-agency": "Identificador",
  "part-counted": "Qué se cuenta",
  "part-releases": "Cuándo se publica",
  "part-person": "Cuántas veces cuenta una persona como máximo",
  "part-cost": "Qué cuesta la protección",
  "part-cut": "Qué no se cuenta",
  "part-late": "Qué llega tarde, y revisiones",
  "part-cycle": "Estados y sucesos",
  "part-method": "Método y calidad",
  "part-amendments": "Modificaciones hasta ahora",
  "part-glossary": "Glosario",
  "flow-open": "Ver las cifras",
  "flow-what": "Qué cuenta",
  "flow-only": "Solo",
  "flow-unit": "Unidad",
  "flow-periods": "Periodos",
  "flow-dimensions": "Desglosado por",
  "flow-bound": "Por persona como máximo",
  "flow-cost": "Coste (protección)",
  "flow-late": "Sucesos tardíos",
  "flow-measured": "Medido",
  "flow-breaks": "Rupturas",
  "flow-of": "Calculado a partir de",
  "what-flow": "Lo que ocurre en un periodo: cada paso de un estado a otro, en el periodo en que "
    + "ocurre.",
  "what-balance": "Cuántas personas están en el estado {statuses} al final de cada periodo, "
    + "cuántas llegan a él y cuántas lo dejan entretanto. Las tres cifras encajan exactamente.",
  "what-stock": "Cuántas personas están en el estado {statuses} al final de cada periodo.",
  "what-duration": "El tiempo que las personas pasan en el estado {statuses}. Cuenta en el "
    + "periodo en que termina, según su duración.",
  "what-cohort": "Todas las personas que llegan al estado {statuses}, y lo que les ocurre "
    + "después, según los meses naturales transcurridos.",
  "what-transition": "Lo que ocurre en un periodo, para cada persona solo la primera vez por "
    + "{window} y celda.",
  "what-at_bound": "Las personas que alcanzan el tope de «{flow}» y a las que les ocurre más: eso "
    + "falta allí. Cada una cuenta una vez por {window}, cuando ocurre por primera vez.",
  "what-rate": "Una cifra publicada dividida por otra, con el intervalo que resulta de ambas.",
  "unit-words-EVENTS": "Sucesos: cuenta cada suceso, incluso varios de una persona.",
  "unit-words-PERSONS": "Personas.",
  "periods-words": "{grains}. El más corto: {step}; los más largos se componen de él.",
  "grains-N15": "cuartos de hora",
  "grains-H": "horas",
  "grains-D": "días",
  "grains-W": "semanas",
  "grains-M": "meses",
  "grains-Q": "trimestres",
  "grains-A": "años",
  "dimension-codes": { one: "{name} ({count} código)",
    other: "{name} ({count} códigos)" },
  "dimension-groups": {
    one: "{name} ({n} códigos en {count} grupo)",
    other: "{name} ({n} códigos en {count} grupos)" },
  "dimensions-none": "Nada: solo hay el total.",
  "measured-all": "Cada combinación de códigos, en cada periodo.",
  "measured-some": "No toda combinación de códigos es lo bastante exacta para publicarse para "
    + "periodos cortos.",
  "measured-these": "Las {n} que lo son, con todos sus totales",
  "measured-total": "solo el total",
  "measured-groups": "{name} por grupos",
  "measured-from": "{names}: {grains} y más largos",
  "apart-words": "No hay total de {names}: una persona puede contar una vez en cada código.",
  "bound-window": "{n} por {window}",
  "bound-both": "{n} por {window}, {month} por mes",
  "cost-words": "ρ {rho} por {window}, es decir, {share} del presupuesto ({window}).",
  "cost-none": "Nada: se calcula a partir de cifras publicadas.",
  "late-vintages": "Cada periodo ({step}) se mide de nuevo más tarde, pasados {after}, y se añade "
    + "lo que ha llegado desde entonces. Hasta ese momento su cifra es provisional.",
  "late-once": "Cada periodo ({step}) se mide una vez. Lo que llega tras su cierre falta en él.",
  "late-present": "Un suceso tardío cambia el número de personas a partir de la publicación "
    + "siguiente. Las cifras anteriores quedan como están.",
  "late-refined": "Las cifras de un periodo ({step}) se vuelven más exactas con cada periodo "
    + "posterior de la misma ventana ({window}), y son definitivas cuando termina.",
  "release-step": "Se publican cifras por {step}: {n} estadísticas, todas cada vez, haya ocurrido "
    + "mucho o poco.",
  "release-step-one": "Se publican cifras por {step}, haya ocurrido mucho o poco.",
  "release-delay": "Un periodo ({step}) se cierra {delay} después de su final. Hasta entonces, "
    + "los sucesos tardíos cuentan como puntuales.",
  "release-prompt": "Un periodo ({step}) se cierra en cuanto termina.",
  "release-embargo": "Las cifras publicadas se retienen hasta las {hour} ({zone}), para que todos "
    + "las reciban a la vez.",
  "release-open": "Las cifras son públicas en cuanto se publican.",
  "release-sources": "Un periodo ({step}) espera a sus fuentes, como máximo {wait} más. Después "
    + "se publica sin las que no han entregado, y las cifras dicen cuáles son.",
  "release-source": "{name}: declara completo cada periodo ({every}), plazo: {within}",
  "release-source-days": "{name}, desde {from}: declara completo cada periodo ({every}), plazo: "
    + "{within}",
  "release-last": "El último día que se cuenta es el {last}. Nada prolonga el plan.",
  "release-once": "Una publicación se hace una vez y nunca se retira. La corrija lo que la "
    + "corrija, las cifras anteriores siguen legibles.",
  "person-lead": "El ruido solo puede proteger a una persona si nadie cuenta sin límite. Por eso "
    + "el plan dice para cada estadística cuántas veces cuenta una persona como máximo. Los topes "
    + "se fijan antes de ver datos; lo que los excede falta en las cifras.",
  "table-bounds": "Topes de las estadísticas",
  "table-costs": "Costes de las estadísticas",
  "col-flow": "Estadística",
  "col-window": "Por {window}",
  "col-month": "Por mes",
  "col-rho": "ρ por {window}",
  "col-share": "Parte del presupuesto",
  "none": "–",
  "row-left": "Sin usar",
  "row-window": "Presupuesto ({window})",
  "row-life": "Presupuesto del plan, {windows}",
  "cost-lead": "Todo lo que se publica sobre una ventana ({window}) puede gastar como máximo ρ "
    + "{budget}. Se carga cuando empieza, sean cuales sean las cifras. El plan permite {windows} "
    + "y por tanto ρ {life} en total; nada lo renueva.",
  "cost-epsilon": "ρ {budget} corresponde a {epsilon}.",
  "cut-bound": "Lo que una persona hace más allá del tope de una estadística falta en ella. A "
    + "cuántas personas afecta se publica para: {flows}.",
  "cut-bound-none": "Lo que una persona hace más allá del tope de una estadística falta en ella. "
    + "Este plan no mide a cuántas personas afecta.",
  "cut-newest": "{flow}, {when}: {figure}.",
  "cut-once": "En una estadística de personas, la misma persona cuenta una vez por {step} y "
    + "celda. Lo que le ocurre de nuevo no se añade.",
  "cut-cycle": "Un suceso imposible en el estado en que está una persona, como la salida de quien "
    + "ya salió, no cambia nada y no se cuenta.",
  "cut-codes": "Un suceso con un código que el plan no tiene, o que no era válido ese día, se "
    + "rechaza.",
  "cut-start": "Lo que ocurrió antes del {start} u ocurre después del {end} no se cuenta.",
  "cut-small": "Nada se suprime por ser pequeño. Las cifras pequeñas se publican con ruido como "
    + "las demás, y pueden incluso ser negativas.",
  "late-retention": "Un suceso se acepta y se conserva después de su propio periodo ({step}) "
    + "durante: {steps}. Lo que llega más tarde no cambia nada.",
  "late-forever": "Los sucesos se conservan para siempre, de modo que un suceso tardío aún puede "
    + "contar.",
  "late-forgotten": "Una persona sin sucesos se olvida después de: {windows}, salvo que aún se "
    + "cuente como presente.",
  "late-corrections": "Una fuente puede corregir o retirar un suceso. La corrección cuenta en la "
    + "próxima medición de su periodo, y no después de la última.",
  "late-every": "Todas las estadísticas",
  "cycle-lead": "Cada persona está en un solo estado a la vez. Los sucesos llevan de un estado a "
    + "otro, y son esos pasos los que se cuentan. Si un estado no tiene fila para un suceso, este "
    + "no cambia nada.",
  "cycle-border": "Una persona está en el extranjero o presente. Quien aún no ha sido visto puede "
    + "entrar o salir.",
  "cycle-stay": "Una persona entra con una estancia autorizada, que puede concederse de nuevo, "
    + "prorrogarse o revocarse. Si pasa su último día sin salida registrada, la estancia ha "
    + "vencido; una salida posterior es tardía. También se puede denegar la entrada.",
  "cycle-return": "A una persona se le ordena salir. La orden puede suspenderse, reanudarse, "
    + "retirarse o sustituirse por otra, y su plazo puede vencer. La persona sale, con orden o "
    + "sin ella. También se puede denegar la entrada.",
  "cycle-asylum": "Una persona solicita asilo, por primera vez o de nuevo. La solicitud se retira "
    + "o se decide en primera instancia. La decisión se recurre, o es firme por sí misma tras un "
    + "plazo. El recurso se retira o termina con una decisión firme.",
  "cycle-table": "Todos los pasos",
  "col-from": "De",
  "col-event": "Qué ocurre",
  "col-to": "A",
  "cycle-until": "{name}, cuando ha pasado su fecha",
  "cycle-after": "{name}, plazo: {days}",
  "cycle-named": "{kind}: {name}",
  "event-ENTRY": "Entrada",
  "event-EXIT": "Salida",
  "event-REFUSAL": "Denegación de entrada",
  "event-GRANT": "Nueva concesión",
  "event-EXTENSION": "Prórroga",
  "event-REVOCATION": "Revocación",
  "event-LAPSE": "La estancia vence",
  "event-DEPARTURE_UNSEEN": "Salida de alguien nunca visto",
  "event-DEPARTURE_IN_TIME": "Salida a tiempo",
  "event-DEPARTURE_LATE": "Salida tardía",
  "event-DECISION": "Decisión",
  "event-NEW_DECISION": "Nueva decisión",
  "event-SUSPENSION": "Suspensión",
  "event-RESUMPTION": "Reanudación",
  "event-WITHDRAWAL": "Retirada",
  "event-DEPARTURE": "Salida",
  "event-DEPARTURE_IN_TERM": "Salida en plazo",
  "event-DEPARTURE_AFTER_TERM": "Salida fuera de plazo",
  "event-DEPARTURE_WITHOUT_DECISION": "Salida sin orden",
  "event-TERM_ENDED": "El plazo vence",
  "event-APPLICATION": "Solicitud",
  "event-FIRST_APPLICATION": "Primera solicitud",
  "event-SUBSEQUENT_APPLICATION": "Solicitud posterior",
  "event-APPEAL": "Recurso",
  "event-APPEAL_WITHDRAWN": "Recurso retirado",
  "event-FINAL_DECISION": "Decisión firme",
  "event-FINAL_UNAPPEALED": "Firme por no recurrida",
  "amendments-lead": "Una modificación es pública antes de la primera publicación a la que "
    + "afecta. Nunca cambia un tope, el ruido ni el presupuesto.",
  "amendments-none": "Ninguna.",
  "amendment-from": "Desde el {from}",
  "amendment-entry": "entrada {entry} del registro",
  "amendment-added": "Nuevo código {code} en {list}: {name}",
  "amendment-closed": "El código {code} de {list} se cierra",
  "amendment-renamed": "El código {code} de {list} se llama ahora {name}",
  "amendment-break": "Ruptura en {flow}: {note}",
  "amendment-source": "Empieza la fuente {name}",
  "amendment-text": "Su texto",
  "glossary-lead": "Las palabras de estas páginas, cada una en una o dos frases.",
  "means-amendment": "Un cambio público del plan. Puede añadir, cerrar o renombrar códigos o "
    + "señalar una ruptura, pero nunca cambia un tope, el ruido ni el presupuesto.",
  "means-bound": "Cuántas veces cuenta una persona como máximo en una ventana o en un mes. Lo que "
    + "excede falta en las cifras; sin tope, el ruido no podría proteger a nadie.",
  "means-break": "Desde aquí las cifras siguen otra regla u otra fuente. Un cambio en este punto "
    + "puede venir de eso, y no de lo que ocurrió.",
  "means-budget": "El máximo de rho que se puede gastar en una persona: en una ventana, y en "
    + "todas las del plan juntas. Lo gastado nunca vuelve.",
  "means-charge": "Una entrada del registro que toma rho del presupuesto. Se hace antes de "
    + "publicar nada que lo use.",
  "means-checkpoint": "El número de entradas y la raíz del registro, firmados por quien publica.",
  "means-dataflow": "Una estadística del plan, con sus dimensiones, su tope y su parte del "
    + "presupuesto.",
  "means-dimension": "Una propiedad por la que se desglosan las cifras, como la nacionalidad. "
    + "Tiene una lista cerrada de códigos.",
  "means-embargo": "Una cifra publicada se retiene hasta una hora que indica el plan, para que "
    + "todos la reciban a la vez.",
  "means-epsilon": "Otra medida de lo que mide rho, común en la bibliografía. Aquí se calcula a "
    + "partir de rho y vale salvo con la ínfima probabilidad delta.",
  "means-estimate": "Una cifra publicada: el recuento real más ruido. Es correcta en promedio, y "
    + "casi nunca exacta.",
  "means-interval": "De la cifra menos su margen a la cifra más su margen. De cien intervalos "
    + "así, unos 95 contienen el recuento real.",
  "means-late": "Un suceso que llega tras el cierre de su periodo. Solo cuenta donde el plan mide "
    + "el periodo de nuevo.",
  "means-ledger": "La lista pública de todos los planes, cargos y publicaciones. Solo se añaden "
    + "entradas; si una se cambiara o quitara, lo notaría quien lo compruebe.",
  "means-life-cycle": "Los estados en que puede estar una persona, y los sucesos que llevan de "
    + "uno a otro.",
  "means-low-reliability": "El margen supera el 30\u00a0% de la cifra. Tal cifra se muestra, pero "
    + "su intervalo dice más que su valor.",
  "means-margin": "Cuánto puede alejarse una cifra del recuento real por el ruido. Con un "
    + "95\u00a0% de confianza no se aleja más. No incluye los errores en los datos ni lo que "
    + "recorta un tope.",
  "means-noise": "Un número aleatorio que se suma a cada medición, para que nadie pueda estar "
    + "seguro de si se contó a una persona. Hace las cifras tan a menudo demasiado grandes como "
    + "demasiado pequeñas.",
  "means-plan": "Las reglas de estas estadísticas, fijadas antes de contar el primer suceso.",
  "means-privacy-unit": "Lo que se protege como un todo: cuanto una persona hace en una ventana.",
  "means-provisional": "Una medición posterior cambiará aún esta cifra, por ejemplo porque se "
    + "añaden sucesos tardíos.",
  "means-release": "La publicación de las cifras de un paso. Se hace una vez y nunca se retira.",
  "means-retention": "Cuánto tiempo se conservan los sucesos antes de borrarse. Las cifras "
    + "publicadas permanecen.",
  "means-revised": "Publicado antes con otro valor. El valor anterior sigue legible.",
  "means-rho": "Cuánto puede revelar de una persona todo lo publicado junto; menos es mejor. Es "
    + "la medida de la zero-concentrated differential privacy (zCDP), y el rho de todas las "
    + "publicaciones se suma.",
  "means-root": "Una huella breve de todo el registro. Si una entrada fuera distinta, también lo "
    + "sería la raíz.",
  "means-series": "Las cifras de una selección en orden temporal, como las llegadas a un puesto "
    + "fronterizo.",
  "means-silent": "Una fuente que no había declarado completos sus sucesos cuando se publicó la "
    + "cifra.",
  "means-source": "Una autoridad cuyo sistema entrega sucesos.",
  "means-step": "El periodo más corto para el que hay cifras. Los periodos más largos se componen "
    + "de pasos.",
  "means-structural-zero": "No había nada que contar, por ejemplo porque un puesto estaba "
    + "cerrado. Tal cero resulta del plan.",
  "means-synthetic": "Hecho con sucesos simulados, para mostrar cómo funcionan estas "
    + "estadísticas. Nada de ello trata de una persona viva.",
  "means-unit": "Lo que cuenta una cifra: personas, cada una como máximo una vez por paso y "
    + "celda, o sucesos.",
  "means-vintage": "El estado de las cifras en un momento, nombrado por el número de entradas que "
    + "tenía entonces el registro.",
  "means-window": "El lapso de tiempo que tiene su propio presupuesto; en este plan: {window}.",
};
