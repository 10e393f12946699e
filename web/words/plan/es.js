// Español: la página del plan y el glosario.
export default {
  "plan": "El plan en palabras",
  "plan-contents": "En esta página",
  "plan-lead": "Un plan se fija antes de contar el primer suceso, y es público. Dice qué se "
    + "cuenta, cuándo se publica, cuántas veces se cuenta a una persona como máximo, qué la "
    + "protege y qué falta en las cifras.",
  "plan-toml": "Descargar el texto del plan (TOML)",
  "plan-span": "Periodo cubierto",
  "plan-span-words": "{from} – {to}",
  "plan-zone": "Zona horaria",
  "plan-agency": "Identificador",
  "part-counted": "Qué se cuenta",
  "part-releases": "Cuándo se publica",
  "part-person": "Cuántas veces se cuenta a una persona como máximo",
  "part-cost": "Cuánto cuesta en protección de datos",
  "part-cut": "Qué no se cuenta",
  "part-late": "Qué llega tarde, y las revisiones",
  "part-cycle": "Estados y sucesos",
  "part-method": "Método y calidad",
  "part-amendments": "Modificaciones hasta ahora",
  "part-glossary": "Glosario",
  "flow-open": "Ver las cifras",
  "flow-what": "Qué se cuenta",
  "flow-only": "Solo",
  "flow-unit": "Unidad",
  "flow-periods": "Periodos",
  "flow-dimensions": "Desglosado por",
  "flow-bound": "Máximo por persona",
  "flow-cost": "Coste (protección de datos)",
  "flow-late": "Sucesos tardíos",
  "flow-measured": "Medido",
  "flow-breaks": "Rupturas",
  "flow-of": "Calculado a partir de",
  "what-flow": "Lo que ocurre en un periodo: cada transición de un estado a otro, en el periodo en "
    + "que ocurre.",
  "what-balance": "Cuántas personas están en el estado {statuses} al final de cada periodo, así "
    + "como las entradas y las salidas entretanto. Las tres cifras encajan exactamente.",
  "what-stock": "Cuántas personas están en el estado {statuses} al final de cada periodo.",
  "what-duration": "El tiempo que las personas pasan en el estado {statuses}. Se cuenta en el "
    + "periodo en que termina, según su duración.",
  "what-cohort": "Todas las personas que entran en el estado {statuses}, y lo que les ocurre "
    + "después, según los meses naturales transcurridos.",
  "what-transition": "Lo que ocurre en un periodo, para cada persona solo la primera vez por "
    + "{window} y celda.",
  "what-at_bound": "Las personas que alcanzan el tope de «{flow}» y a las que después les ocurre "
    + "algo más: eso no figura allí. Cada una se cuenta una vez por {window}, la primera vez que "
    + "sucede.",
  "what-rate": "Una cifra publicada dividida por otra, con el intervalo que resulta de ambas.",
  "unit-words-EVENTS": "Sucesos: se cuenta cada suceso, incluso varios de una misma persona.",
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
  "dimensions-none": "Nada: solo existe el total.",
  "measured-all": "Todas las combinaciones de códigos, en cada periodo.",
  "measured-some": "Algunas combinaciones de códigos no son lo bastante precisas para publicarse "
    + "para periodos cortos.",
  "measured-these": "Combinaciones de dimensiones que se miden juntas: {n}, con todos sus totales",
  "measured-total": "solo el total",
  "measured-groups": "{name} por grupos",
  "measured-from": "{names}: {grains} y periodos más largos",
  "apart-words": "No hay total para: {names}. Una persona puede contarse una vez en cada código.",
  "bound-window": "{n} por {window}",
  "bound-both": "{n} por {window}, {month} por mes",
  "bound-first": "{bound}: lo primero que {flow} cuenta de cada persona",
  "cost-words": "ρ {rho} por {window}, es decir, {share} del presupuesto ({window}).",
  "cost-none": "Nada: la tasa se calcula a partir de cifras publicadas.",
  "late-vintages": "Cada periodo ({step}) se mide de nuevo {after} después, y se añade lo que ha "
    + "llegado desde entonces. Hasta ese momento su cifra es provisional.",
  "late-once": "Cada periodo ({step}) se mide una vez. Lo que llega tras su cierre no figura en "
    + "él.",
  "late-present": "Un suceso tardío cambia el número de personas a partir de la publicación "
    + "siguiente. Las cifras anteriores quedan como están.",
  "late-refined": "Las cifras de un periodo ({step}) se vuelven más exactas con cada periodo "
    + "posterior de la misma ventana ({window}), y son definitivas cuando termina.",
  "release-step": "Se publican cifras de cada {step}: {n} estadísticas, todas en cada ocasión, "
    + "haya ocurrido mucho o poco.",
  "release-step-one": "Se publican cifras de cada {step}, haya ocurrido mucho o poco.",
  "release-delay": "Un periodo ({step}) se cierra {delay} después de su final. Hasta entonces, los "
    + "sucesos tardíos se consideran recibidos dentro del plazo.",
  "release-prompt": "Un periodo ({step}) se cierra en cuanto termina.",
  "release-embargo": "Las cifras publicadas se retienen hasta las {hour} ({zone}), para que todos "
    + "las reciban a la vez.",
  "release-open": "Las cifras son públicas en cuanto se publican.",
  "release-sources": "Un periodo ({step}) espera a sus fuentes, como máximo {wait} más. Después se "
    + "publica sin las que no han enviado sus datos, y las cifras dicen cuáles son.",
  "release-source": "{name}: declara completo cada periodo ({every}), plazo: {within}",
  "release-source-days": "{name}, desde {from}: declara completo cada periodo ({every}), plazo: "
    + "{within}",
  "release-last": "El último día que se cuenta es el {last}. Nada prolonga el plan.",
  "release-once": "Una publicación se hace una vez y nunca se retira. Sea cual sea la corrección, "
    + "las cifras anteriores se pueden seguir consultando.",
  "person-lead": "El ruido solo puede proteger a una persona si no se cuenta a nadie sin límite. "
    + "Por eso el plan dice para cada estadística cuántas veces se cuenta a una persona como "
    + "máximo. Los topes se fijan antes de ver los datos; lo que los excede falta en las cifras.",
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
  "cost-lead": "Todo lo que se publica sobre una ventana ({window}) puede consumir como máximo ρ "
    + "{budget}. Ese presupuesto se carga cuando empieza la ventana, sean cuales sean las cifras. "
    + "El plan permite {windows} y por tanto ρ {life} en total; nada lo renueva.",
  "cost-epsilon": "ρ {budget} corresponde a {epsilon}.",
  "cut-bound": "Lo que una persona hace más allá del tope de una estadística no figura en ella. El "
    + "número de personas afectadas se publica a su vez para: {flows}.",
  "cut-bound-none": "Lo que una persona hace más allá del tope de una estadística no figura en "
    + "ella. Este plan no mide a cuántas personas afecta.",
  "cut-newest": "{flow}, {when}: {figure}.",
  "cut-once": "En una estadística de personas, la misma persona se cuenta una vez por {step} y "
    + "celda. Lo que le ocurre de nuevo no se añade.",
  "cut-cycle": "Un suceso imposible en el estado en que está una persona, como la salida de quien "
    + "ya salió, no cambia nada y no se cuenta.",
  "cut-codes": "Un suceso con un código que el plan no tiene, o que no era válido ese día, se "
    + "rechaza.",
  "cut-start": "Lo que ocurrió antes del {start} u ocurre después del {end} no se cuenta.",
  "cut-small": "Nada se suprime por ser pequeño. Las cifras pequeñas se publican con ruido como "
    + "las demás, y pueden incluso ser negativas.",
  "late-retention": "Un suceso se acepta y se conserva durante {steps} después de su propio "
    + "periodo ({step}). Lo que llega más tarde no cambia nada.",
  "late-forever": "Los sucesos se conservan sin límite de tiempo, de modo que un suceso tardío aún "
    + "puede contarse.",
  "late-forgotten": "Una persona sin sucesos durante {windows} se olvida, salvo que aún se cuente "
    + "como presente.",
  "late-corrections": "Una fuente puede corregir o retirar un suceso. La corrección se tiene en "
    + "cuenta en la próxima medición de su periodo, y ya no después de la última.",
  "late-every": "Todas las estadísticas",
  "cycle-lead": "Cada persona está en un solo estado a la vez. Los sucesos llevan de un estado a "
    + "otro, y son esas transiciones las que se cuentan. Si un estado no tiene fila para un "
    + "suceso, este no cambia nada.",
  "cycle-border": "Una persona está en el extranjero o en el país. Quien no tiene sucesos "
    + "anteriores puede entrar o salir.",
  "cycle-stay": "Una persona entra con una estancia autorizada, que puede autorizarse de nuevo, "
    + "prorrogarse o revocarse. Si pasa su último día sin salida registrada, la estancia ha "
    + "vencido; una salida posterior es tardía. También se puede denegar la entrada.",
  "cycle-return": "Una persona recibe una orden de salida. La orden puede suspenderse, reanudarse, "
    + "retirarse o sustituirse por otra, y su plazo puede vencer. La persona sale, con orden o sin "
    + "ella. También se puede denegar la entrada.",
  "cycle-asylum": "Una persona solicita asilo, por primera vez o de nuevo. La solicitud se retira "
    + "o se resuelve en primera instancia. La resolución se recurre, o adquiere firmeza por sí "
    + "misma tras un plazo. El recurso se retira o termina con una resolución firme.",
  "cycle-table": "Todas las transiciones",
  "col-from": "De",
  "col-event": "Qué ocurre",
  "col-to": "A",
  "cycle-until": "{name}, cuando ha pasado su fecha",
  "cycle-after": "{name}, plazo: {days}",
  "cycle-named": "{kind}: {name}",
  "event-ENTRY": "Entrada",
  "event-EXIT": "Salida",
  "event-REFUSAL": "Denegación de entrada",
  "event-GRANT": "Nueva autorización",
  "event-EXTENSION": "Prórroga",
  "event-REVOCATION": "Revocación",
  "event-LAPSE": "La estancia vence",
  "event-DEPARTURE_UNSEEN": "Salida sin sucesos anteriores",
  "event-DEPARTURE_IN_TIME": "Salida dentro del plazo",
  "event-DEPARTURE_LATE": "Salida tardía",
  "event-DECISION": "Resolución",
  "event-NEW_DECISION": "Nueva resolución",
  "event-SUSPENSION": "Suspensión",
  "event-RESUMPTION": "Reanudación",
  "event-WITHDRAWAL": "Retirada",
  "event-DEPARTURE": "Salida",
  "event-DEPARTURE_IN_TERM": "Salida dentro del plazo",
  "event-DEPARTURE_AFTER_TERM": "Salida fuera del plazo",
  "event-DEPARTURE_WITHOUT_DECISION": "Salida sin orden",
  "event-TERM_ENDED": "El plazo vence",
  "event-APPLICATION": "Solicitud",
  "event-FIRST_APPLICATION": "Primera solicitud",
  "event-SUBSEQUENT_APPLICATION": "Solicitud posterior",
  "event-APPEAL": "Recurso",
  "event-APPEAL_WITHDRAWN": "Retirada del recurso",
  "event-FINAL_DECISION": "Resolución firme",
  "event-FINAL_UNAPPEALED": "Firme sin recurso",
  "amendments-lead": "Una modificación es pública antes de la primera publicación a la que "
    + "afecta. Nunca cambia un tope, el ruido ni el presupuesto.",
  "amendments-none": "Ninguna.",
  "amendment-from": "Desde el {from}",
  "amendment-entry": "entrada {entry} del registro",
  "amendment-added": "Nuevo código {code} en la lista {list}: {name}",
  "amendment-closed": "El código {code} de la lista {list} se cierra",
  "amendment-renamed": "El código {code} de la lista {list} se llama ahora «{name}»",
  "amendment-break": "Ruptura en «{flow}»: {note}",
  "amendment-source": "Nueva fuente: {name}",
  "amendment-text": "Su texto",
  "glossary-lead": "Las palabras de estas páginas, cada una en una o dos frases.",
  "means-amendment": "Un cambio público del plan. Puede añadir, cerrar o renombrar códigos o "
    + "señalar una ruptura, pero nunca cambia un tope, el ruido ni el presupuesto.",
  "means-bound": "Cuántas veces se cuenta a una persona como máximo en una ventana o en un mes. "
    + "Lo que excede falta en las cifras, y quien se ha contado tantas veces y vuelve supera el "
    + "tope; sin tope, el ruido no podría proteger a nadie.",
  "means-break": "Desde aquí las cifras siguen otra regla u otra fuente. Una variación en este "
    + "punto puede deberse a eso, y no a lo que ocurrió.",
  "means-budget": "El máximo de rho que se puede gastar en una persona: en una ventana, y en "
    + "todas las del plan juntas. Lo gastado nunca vuelve.",
  "means-charge": "Una entrada del registro que toma rho del presupuesto. Se hace antes de "
    + "publicar nada que lo use.",
  "means-checkpoint": "El número de entradas y la raíz del registro, firmados por el organismo "
    + "responsable.",
  "means-dataflow": "Una estadística del plan, con sus dimensiones, su tope y su parte del "
    + "presupuesto.",
  "means-dimension": "Una propiedad por la que se desglosan las cifras, como la nacionalidad. "
    + "Tiene una lista cerrada de códigos.",
  "means-embargo": "Una cifra publicada se retiene hasta una hora que indica el plan, para que "
    + "todos la reciban a la vez.",
  "means-epsilon": "Otra medida de lo que mide rho, común en la bibliografía. Aquí se calcula a "
    + "partir de rho y vale salvo con la ínfima probabilidad delta.",
  "means-estimate": "Una cifra publicada: lo contado más ruido. Es correcta en promedio, y casi "
    + "nunca exacta.",
  "means-interval": "De la cifra menos su margen a la cifra más su margen. De cien intervalos "
    + "así, unos 95 contienen lo contado; el de una estimación anticipada se refiere a lo que se "
    + "habrá contado al final.",
  "means-late": "Un suceso que se comunica tras el cierre de su periodo. Se cuenta si el plan "
    + "mide el periodo de nuevo, hasta la última vez, y desde entonces entre los presentes.",
  "means-ledger": "La lista pública de todos los planes, cargos y publicaciones. Solo se añaden "
    + "entradas; si una se cambiara o quitara, cualquiera que lo compruebe lo notaría.",
  "means-life-cycle": "Los estados en que puede estar una persona, y los sucesos que llevan de "
    + "uno a otro.",
  "means-low-reliability": "El margen supera el 30\u00a0% de la cifra. Una cifra así se muestra, "
    + "pero su intervalo dice más que su valor.",
  "means-margin": "Cuánto puede alejarse una cifra de lo contado a causa del ruido: con un nivel "
    + "de confianza del 95\u00a0%, no más. No incluye lo que corta un tope, lo que llega tarde ni "
    + "los errores en los datos.",
  "means-noise": "Un número aleatorio que se suma a cada medición, para que nadie pueda estar "
    + "seguro de si se contó a una persona. Hace las cifras tan a menudo demasiado grandes como "
    + "demasiado pequeñas.",
  "means-nowcast": "Lo que probablemente será una cifra cuando se hayan contado todos los sucesos "
    + "tardíos: se calcula solo con cifras publicadas, según lo que llegó tarde otras veces. Su "
    + "margen también incluye eso.",
  "means-plan": "Las reglas de estas estadísticas, fijadas antes de contar el primer suceso.",
  "means-privacy-unit": "Lo que se protege como un todo: cuanto se refiere a una persona, en lo que "
    + "se mide en una ventana.",
  "means-provisional": "Una medición posterior cambiará aún esta cifra, por ejemplo porque se "
    + "añaden sucesos tardíos.",
  "means-release": "La publicación de las cifras de un paso. Se hace una vez y nunca se retira.",
  "means-retention": "Cuánto tiempo se conservan los sucesos antes de borrarse. Las cifras "
    + "publicadas permanecen.",
  "means-revised": "Publicado antes con otro valor. El valor anterior se puede seguir consultando.",
  "means-rho": "Cuánto puede revelar de una persona todo lo publicado junto; menos es mejor. Es "
    + "la medida de la zero-concentrated differential privacy (zCDP), y el rho de todas las "
    + "publicaciones se suma.",
  "means-root": "Una huella breve de todo el registro. Si una entrada fuera distinta, también lo "
    + "sería la raíz.",
  "means-series": "Las cifras de una selección en orden temporal, como las entradas por un paso "
    + "fronterizo.",
  "means-silent": "Una fuente que no había declarado completos sus sucesos cuando se publicó la "
    + "cifra.",
  "means-source": "Una autoridad cuyo sistema envía sucesos.",
  "means-step": "El periodo más corto para el que hay cifras. Los periodos más largos se componen "
    + "de pasos.",
  "means-structural-zero": "No había nada que contar, por ejemplo porque un paso fronterizo estaba "
    + "cerrado. Un cero así resulta del plan.",
  "means-synthetic": "Hecho con sucesos simulados, para mostrar cómo funcionan estas "
    + "estadísticas. Nada de ello trata de una persona viva.",
  "means-unit": "Lo que cuenta una cifra: personas, cada una como máximo una vez por paso y "
    + "celda, o sucesos.",
  "means-vintage": "Una medición de un paso: la primera, o una posterior que añade lo comunicado "
    + "tarde. Una cifra indica la entrada del registro de la más reciente que contiene.",
  "means-window": "El lapso de tiempo que tiene su propio presupuesto; en este plan: {window}.",
};
