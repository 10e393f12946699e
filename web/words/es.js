// Español.
export default {
  "skip": "Ir a las cifras", "synthetic-head": "Datos sintéticos.",
  "synthetic": "Todos los sucesos en que se basan estas cifras son simulados; ninguno se refiere a "
    + "una persona real.",
  "fault": "Estas son las últimas cifras verificadas. Lo que se publicó después no se pudo "
    + "verificar: {fault}.",
  "front": "Novedades", "front-about": "Acerca de estas estadísticas",
  "front-all": "Todas las estadísticas",
  "front-words": "{title}. Organismo responsable: {controller}. Base jurídica: {basis}. Finalidad: "
    + "{purpose}. Las cifras cuentan sucesos y personas; nada de lo que hay aquí se refiere a una "
    + "persona en particular. Un ruido aleatorio protege a cada persona contada, de modo que cada "
    + "cifra es una estimación con un intervalo. Cualquiera puede leerlas, descargarlas y "
    + "verificarlas.",
  "front-revised": "Revisiones de la última publicación",
  "front-revised-none": "La última publicación no revisó ninguna de las cifras que se muestran "
    + "aquí.",
  "front-was": "{period}: ahora {now}; antes {was}",
  "front-more": { one: "y {count} más", other: "y {count} más" },
  "news-none": "Todavía no se ha publicado ninguna cifra.",
  "news-note": "Cada gráfico tiene su propia escala; la banda es el intervalo de confianza del "
    + "95\u00a0%. El margen de error de una variación es la suma de los márgenes de ambas cifras, "
    + "lo que basta sea cual sea la relación entre sus errores. Si su intervalo contiene el 0, la "
    + "variación es demasiado pequeña para sacar conclusiones.",
  "change": "({low}\u00a0a\u00a0{high}) respecto al periodo anterior ({before})",
  "change-small": "Variación respecto al periodo anterior ({before}) demasiado pequeña para sacar "
    + "conclusiones ({low}\u00a0a\u00a0{high})",
  "change-break": "No comparable con el periodo anterior: ruptura de serie",
  "spark": { one: "{title}: un periodo, {first}",
    other: "{title}: {count} periodos, {first} – {last}" },
  "nothing-yet": "Todavía no se ha publicado nada. Primer periodo que se publicará: {period}.",
  "nothing-yet-timed": "Todavía no se ha publicado nada. Primer periodo que se publicará: "
    + "{period}, el {instant} ({left}).",
  "front-embargo": "Las primeras cifras (último periodo: {period}) están bajo embargo hasta esta "
    + "fecha: {until}.",
  "nothing-ever": "No se ha publicado nada y no está prevista ninguna publicación.",
  "lost": "Página no encontrada", "lost-flow": "Aquí no hay ninguna estadística «{id}».",
  "lost-flows": "Estadísticas disponibles:",
  "lost-code": "La dimensión {dimension} no tiene ningún código {codes}.",
  "lost-codes": "Códigos disponibles:",
  "lost-more": { one: "{count} código más", other: "{count} códigos más" },
  "lost-parts": "La clave tiene demasiadas partes ({given}). Dimensiones de la estadística ({n}): "
    + "{names}.",
  "lost-option": "La dirección contiene {name}={value}, que aquí no tiene sentido.",
  "lost-without": "La misma vista sin esa indicación", "lost-front": "Novedades",
  "more": "Más", "more-vintage": "{size} entradas",
  "nav": "Páginas", "nav-figures": "Cifras", "nav-ledger": "Registro", "nav-plan": "Plan",
  "nav-help": "Ayuda",
  "nav-language": "Idioma", "catalogue": "Estadísticas", "search": "Buscar estadísticas",
  "search-none": "Sin resultados.", "search-count": "Resultados: {count} de {all}",
  "up-to": "último periodo: {period}", "not-yet": "nada publicado todavía",
  "released-to": "Último periodo publicado", "next-release": "Próxima publicación",
  "in-time": "{period}, el {instant} ({left})", "due": "prevista para este momento",
  "embargo": "Bajo embargo", "embargo-until": "último periodo: {period}; hasta: {until}",
  "embargoed": "bajo embargo hasta: {until}",
  "embargoed-all": "Las cifras del rango elegido están bajo embargo hasta: {until}.",
  "left": "dentro de {time}", "choose": "Elegir qué se muestra",
  "grain": "Duración del periodo", "from": "Desde", "to": "Hasta", "range": "Periodos",
  "recent": "Recientes", "all": "Todos", "between": "Desde – hasta",
  "codes": "Etiquetas", "codes-name": "Nombre", "codes-code": "Código", "codes-both": "Ambos",
  "view": "Vista", "view-table": "Tabla", "view-chart": "Gráfico", "view-map": "Mapa",
  "as-of": "Estado de los datos", "newest": "Último estado",
  "since": "Marcar las revisiones desde", "since-none": "No comparar",
  "vintage-option": "último periodo: {period} ({size} entradas)",
  "vintage-shown": "Está viendo el estado del registro con {size} entradas, que no es el último.",
  "filter": "Filtrar: {dimension}", "only-total": "Solo el total", "every": "Todos los códigos",
  "chosen": { one: "{first} y {count} más", other: "{first} y {count} más" },
  "code-FREQ-N15": "Cuarto de hora",
  "code-FREQ-H": "Hora", "code-FREQ-D": "Día", "code-FREQ-W": "Semana",
  "code-FREQ-M": "Mes", "code-FREQ-Q": "Trimestre", "code-FREQ-A": "Año", "total": "Total",
  "loading": "Cargando las cifras.", "again": "Reintentar",
  "cannot": "No se pueden mostrar las cifras: {why}.",
  "nothing": "En el rango elegido no se ha publicado ningún periodo completo de esta duración. "
    + "Elija una duración menor o un rango más amplio, o vuelva después de la próxima publicación.",
  "too-many": "Hay {count} series; las {max} primeras tienen gráfico. La tabla las contiene todas.",
  "multiples": "{first} – {last}, con el intervalo de confianza del 95\u00a0%; cada gráfico tiene "
    + "su propia escala",
  "flag-b": "ruptura de serie: aquí cambia la regla o la fuente",
  "flag-p": "provisional", "flag-u": "fiabilidad baja", "flag-none": "definitivo",
  "flag-kept": "sin revisión",
  "flag-e": "estimado: con los sucesos tardíos habituales",
  "flag-z": "cero estructural: en este periodo no se puede contar nada",
  "flag-s": "una fuente no había enviado sus datos",
  "silent": { one: "En la fecha de publicación, {names} no había enviado sus datos.",
    other: "En la fecha de publicación, {names} no habían enviado sus datos." },
  "silent-note": "{periods}: {words}",
  "silent-more": { one: "{periods}; y {count} más", other: "{periods}; y {count} más" },
  "interval-none": "Ningún caso o muy pocos: el ruido ha desplazado todo el intervalo por debajo "
    + "de cero.",
  "interval-zero": "Ninguno: aquí no se puede contar nada, así que el cero es exacto.",
  "interval-between": "Entre {low} y {high}, con un nivel de confianza del 95\u00a0%.",
  "interval-nowcast": "Contado hasta el {day}: {counted}. Al final, unos {value}: de {low} a "
    + "{high}.",
  "nowcast-less": "Por lo general, después se retira más de lo que llega tarde.",
  "margin-nowcast": "± {margin} (95\u00a0%)",
  "interval-least": "Al menos {low}; se añadirán más, y todavía no se sabe cuántos.",
  "interval-counted": "Contado hasta ahora: {counted}. Los sucesos tardíos aún lo cambiarán.",
  "interval-so-far": "Entre {low} y {high} según lo contado hasta ahora; los sucesos tardíos aún "
    + "lo cambiarán.",
  "counted-so-far": "contado hasta ahora: {figure}",
  "interval-most": "Como máximo {high}, con un nivel de confianza del 95\u00a0%; es posible que el "
    + "valor verdadero sea cero.",
  "interval-negative": "La cifra es negativa porque el ruido puede actuar en ambos sentidos.",
  "during-H": "el {period}", "during-D": "el {period}",
  "during-W": "en la {period}", "during-M": "en {period}",
  "during-Q": "en el {period}", "during-A": "en {period}",
  "end-of-H": "el {day} a las {to}", "end-of-D": "al final del {period}",
  "end-of-W": "al final de la {period}", "end-of-M": "al final de {period}",
  "end-of-Q": "al final del {period}", "end-of-A": "al final de {period}",
  "sentence": "{what}, {when}: {figure}. {interval}",
  "persons": { one: "{count} persona", many: "{count} de personas", other: "{count} personas" },
  "events": { one: "{count} suceso", many: "{count} de sucesos", other: "{count} sucesos" },
  "unit-persons": "en número de personas", "unit-events": "en número de sucesos",
  "unit-rates": "en porcentaje", "unit-RATE": "porcentaje", "meta-of": "Calculado a partir de",
  "unpublished": "no publicado: el denominador puede ser cero",
  "privacy-rate": "Una tasa se calcula a partir de cifras publicadas, por lo que no consume más "
    + "presupuesto.",
  "once": "Cada persona se cuenta una sola vez por {list}.", "cell": "celda",
  "overlap": "Cuando dos intervalos se solapan, la diferencia puede deberse al ruido.",
  "period": "Periodo", "value": "Valor", "margin": "Margen de error", "low": "Límite inf.",
  "high": "Límite sup.",
  "status": "Estado", "was": "Antes", "newest-first": "del más reciente al más antiguo",
  "revised-mark": "revisado", "new-mark": "nuevo",
  // La tabla: sus filas y columnas, páginas y grupos.
  "axes": "Filas y columnas de la tabla", "rows": "Filas", "columns": "Columnas",
  "to-rows": "{name}: pasar a las filas", "to-columns": "{name}: pasar a las columnas",
  "swap": "Intercambiar filas y columnas", "usual": "Disposición habitual",
  "page-rows": "Filas {from} a {to} de {all}", "before-rows": "Filas anteriores",
  "after-rows": "Filas siguientes", "page-columns": "Columnas {from} a {to} de {all}",
  "before-columns": "Columnas anteriores", "after-columns": "Columnas siguientes",
  "fold": "Filas de «{name}»", "fold-all": "Contraer todo", "unfold-all": "Desplegar todo",
  "sort-none": "La tabla no tiene ninguna columna «{column}» por la que ordenar; sus filas están "
    + "en el orden habitual.",
  "lost-rows": "La dirección coloca {rows} en las filas de la tabla, pero esa dimensión no existe. "
    + "Dimensiones disponibles: {known}.",
  // Listas de códigos.
  "every-single": "Todos, sin los grupos", "count-chosen": "Selección: {count} de {all}",
  "members-all": "Todos los miembros", "members-none": "Ningún miembro",
  "members-all-of": "{name}: todos los miembros", "members-none-of": "{name}: ningún miembro",
  "members-of": "{name}: miembros (selección: {count} de {all})", "members-count": "{count}/{all}",
  "valid-from": "desde el {from}", "valid-to": "hasta el {to}",
  "valid-between": "del {from} al {to}",
  "revised-count": "Desde que el registro tenía {size} entradas, cifras revisadas: {revised} de "
    + "{shared}; "
    + "nuevas: {added}.",
  "chart-label": "Gráfico de líneas con intervalos de confianza del 95\u00a0%",
  "day-of-month": "{count}", "time-words": "{day}, {from}–{to}",
  "week-short": "S{week} {year}", "week-long": "semana {week} de {year}",
  "quarter-short": "T{quarter} {year}", "quarter-1": "1.er trimestre de {year}",
  "quarter-2": "2.º trimestre de {year}", "quarter-3": "3.er trimestre de {year}",
  "quarter-4": "4.º trimestre de {year}",
  "chart-words": { one: "{series}: un periodo, {first}: {now}.",
    other: "{series}: {count} periodos, {first} – {last}. Mínimo: {low} ({lowWhen}); máximo: "
    + "{high} ({highWhen}); último valor: {now}." },
  "chart-summary": "Descripción del gráfico",
  "estimate": "Estimación", "band": "Intervalo de confianza del 95\u00a0%",
  "open-dots": "Símbolos vacíos: datos provisionales",
  "break": "Ruptura", "break-line": "Línea vertical discontinua: ruptura de serie",
  "axis": "El eje no empieza en cero", "range-words": "{low} a {high}",
  "chart-limit": { one: "Dibujado solo entre {low} y {high}: {count} intervalo lo rebasa. La "
    + "tabla lo contiene entero",
    other: "Dibujado solo entre {low} y {high}: {count} intervalos lo rebasan. La tabla los "
    + "contiene enteros" },
  "picture-period": "Periodo",
  "map-note": "Las fronteras y los nombres mostrados no implican opinión alguna sobre la condición "
    + "jurídica de ningún territorio. Contornos: Natural Earth, 1:50\u00a0000\u00a0000, dominio "
    + "público.",
  "map-play": "Reproducir los periodos en orden", "map-pause": "Pausa",
  "map-region": "Región", "region-world": "Mundo", "region-europe": "Europa",
  "region-africa": "África", "region-americas": "América", "region-asia": "Asia",
  "region-oceania": "Oceanía",
  "map-shows": "El mapa muestra", "map-all": "{dimension}: total", "map-by": "Por {dimension}",
  "map-under": "menos de {high}", "map-class": "de {low} a menos de {high}",
  "map-over": "{low} y más", "map-any": "cualquier cifra", "map-none": "sin cifra",
  "map-weak": "rayado o [u]: fiabilidad baja", "map-few": "{figure} (como máximo {high})",
  "map-groups": "Grupos", "map-beside": "Fuera del mapa",
  "map-label": "{region}: mapa por {dimension}; la tabla de abajo contiene todas las cifras",
  "map-pick": "Un clic en un país lo elige para «{dimension}», un segundo clic los elige todos.",
  "map-embargoed": "Las cifras hasta {last} están bajo embargo hasta {until} y no se muestran.",
  "map-not": "No hay mapa de «{name}», porque no tiene una lista de países.",
  // Duraciones y cohortes
  "view-distribution": "Distribución", "view-survival": "Curva de duración",
  "view-median": "Mediana", "view-triangle": "Por cohorte", "view-curves": "Curvas",
  "distribution-not": "No hay distribución de «{name}», porque no se cuenta por duración.",
  "survival-not": "No hay curva de duración de «{name}», porque no se cuenta por duración.",
  "median-not": "No hay mediana de «{name}», porque no se cuenta por duración.",
  "triangle-not": "No hay tabla por cohorte de «{name}», porque no se siguen cohortes.",
  "curves-not": "No hay curvas de «{name}», porque no se siguen cohortes.",
  "spell-refused": "Este gráfico no es posible para esta selección: {why}.",
  "spell-unpublished": "no publicado: el número puede ser cero",
  "class": "Clase", "quartile": "Cuartil",
  "quartile-Q1": "Primer cuartil", "quartile-MEDIAN": "Mediana", "quartile-Q3": "Tercer cuartil",
  "quartile-low": "Intervalo de", "quartile-high": "a",
  "quartile-range": "{band} (intervalo de confianza del 95\u00a0%: de «{low}» a «{high}»)",
  "quartiles-caption": "Mediana y cuartiles: clase en la que se encuentra cada uno, primera y "
    + "última clase de su intervalo de confianza del 95\u00a0%",
  "quartiles-legend": "¼, ½, ¾: clase del primer cuartil, de la mediana y del tercer cuartil; la "
    + "línea abarca las clases del intervalo de confianza del 95\u00a0%",
  "distribution-legend": "Línea sobre una barra: intervalo de confianza del 95\u00a0%",
  "hatched-weak": "Rayado, [u]: fiabilidad baja",
  "distribution-label": "Barras por clase de duración, con intervalos de confianza del 95\u00a0%.",
  "distribution-caption": "{name}, {period}: por duración",
  "distribution-words": "{series}, {period}. {figures}.",
  "waiting-label": "Barras con intervalos de confianza del 95\u00a0%: aún en curso al final del "
    + "mes, según el tiempo transcurrido desde el comienzo.",
  "waiting-caption": "{name}, aún en curso al final del periodo ({period}): según el tiempo "
    + "transcurrido desde el comienzo",
  "survival-label": "Líneas con bandas del 95\u00a0%: para cada clase, proporción de lo que duró "
    + "más.",
  "survival-caption": "{name}, {period}: proporción de lo que duró más",
  "survival-words": "{series}, {period}. Más que: {figures}.",
  "survival-note": "De todo lo que terminó en el periodo, proporción de lo que había durado más "
    + "que la clase indicada. No incluye lo que sigue en curso",
  "survival-start": "Comienzo", "survival-all": "Comienzo: total",
  "longer-than": "Más que: {band}", "longer-head": "Más que",
  "open-weak": "Símbolos vacíos: fiabilidad baja o datos provisionales",
  "median-label": "Líneas con bandas del 95\u00a0%: clase en la que se encuentra la mediana, por "
    + "periodo.",
  "median-caption": "{name}: clase en la que se encuentra la mediana",
  "median-note": "Cada punto está en la clase que contiene el valor; la banda abarca las clases de "
    + "su intervalo de confianza del 95\u00a0%",
  "median-none": "Aquí no se puede dar ninguna mediana: en todos los periodos el número puede ser "
    + "cero.",
  "median-words": "{series}, {first} – {last}; último valor: {now}.",
  "cohort": "Cohorte", "cohorts": "Cohortes", "cohorts-chosen": "{n} de {all}",
  "cohorts-most": "{max} como máximo a la vez.",
  "cohort-first": "Se muestra «{name}», la primera de las {count} combinaciones elegidas",
  "cohort-months": "Las cohortes son siempre mensuales, sea cual sea la duración de los periodos",
  "cohort-words": "{cohort}: de {first} a {last}.",
  "shows": "Mostrar", "shows-share": "Proporción aún en curso",
  "shows-left": "Número aún en curso", "shows-each": "Todas las transiciones de una cohorte",
  "triangle-caption": "{what} ({name}). Filas: mes de comienzo. Columnas: {age}",
  "curves-caption": "{what} ({name}). Filas: {age}", "curve-words": "{name}. {figures}.",
  "picture-instead": "Mostrar el gráfico",
  // El gráfico: áreas, barras, notas, el año anterior
  "chart-area": "Gráfico de áreas con intervalos de confianza del 95\u00a0%",
  "chart-bars": "Gráfico de barras con intervalos de confianza del 95\u00a0%",
  "bar-sample": "Barra: estimación; línea: su intervalo de confianza del 95\u00a0%",
  "pale-bars": "Color pálido: datos provisionales",
  "outlined-bars": "Pálido: contado hasta ahora; solo contorno: lo que suele llegar después",
  "no-upper-end": "Sin límite superior: se añadirán más",
  "counted-line": "Línea de puntos con cruces: contado hasta ahora",
  "area-sample": "Superficie rellena desde cero hasta la estimación",
  "change-mark": "Línea vertical de puntos: cambia lo que se cuenta",
  "notes-label": "Notas correspondientes a los números del gráfico",
  "note-break": "Ruptura de serie. {note}.",
  "note-opened": "{dimension}: {code} se cuenta a partir de este día.",
  "note-closed": "{dimension}: {code} deja de contarse a partir de este día.",
  "note-sources": "Nueva fuente de sucesos: {names}. {note}.",
  "compare": "Comparar con el año anterior", "series": "Serie",
  "compare-none": "No hay cifras del año anterior con las que comparar",
  "compare-key": "Los mismos periodos del año anterior, con sus intervalos de confianza del "
    + "95\u00a0%",
  "compare-line": "La línea discontinua muestra los mismos periodos del año anterior.",
  "compare-missing": "sin cifra del año anterior",
  "compare-break": "no comparable con el año anterior: ruptura de serie",
  "compare-note": "El margen de error de una variación es la suma de ambos márgenes, lo que basta "
    + "sea cual sea la relación entre sus errores. Si su intervalo contiene el 0, la variación es "
    + "demasiado pequeña para sacar conclusiones.",
  "compare-note-rate": "El intervalo de una variación va del límite inferior de uno de los "
    + "intervalos al límite superior del otro, lo que basta sea cual sea la relación entre sus "
    + "errores. Si contiene el 0, la variación es demasiado pequeña para sacar conclusiones.",
  "compare-caption": "Cada periodo y el mismo periodo del año anterior, del más reciente al más "
    + "antiguo",
  "compare-now": "Valor", "compare-then": "Un año antes", "compare-change": "Variación",
  "compare-range": "Intervalo",
  "compare-unclear": "({value}) demasiado pequeña para sacar conclusiones",
  "points": "{number} puntos",
  // La clasificación
  "view-ranking": "Clasificación",
  "ranking-label": "Barras ordenadas por valor, con intervalos de confianza del 95\u00a0%",
  "ranking-not": "No hay clasificación de «{name}», porque no tiene una lista de códigos.",
  "ranking-by": "Clasificación por", "ranking-list": "{name} ({n})",
  "ranking-groups": "{name}, grupos ({n})",
  "ranking-groups-level": "{name}, grupos de nivel {level} ({n})",
  "ranking-caption": "{name} por «{list}»{others}, {when}, de mayor a menor",
  "ranking-all": "Mostrar los {n}", "ranking-rest": "Los {n} primeros de {all}",
  "ranking-head": "Puesto", "ranking-place": "{place}. {name}: {figure}. {interval}",
  "ranking-sign": "Los intervalos de los dos vecinos se solapan",
  "ranking-unsure": "Orden incierto: {names}. El intervalo de cada uno se solapa con el del "
    + "siguiente.",
  "ranking-more": { one: "{names} y {count} más", other: "{names} y {count} más" },
  "ranking-unsure-more": {
    one: "El orden es incierto en {count} grupo más de vecinos.",
    other: "El orden es incierto en {count} grupos más de vecinos." },
  "ranking-sure": "Los intervalos de dos vecinos no se solapan en ningún caso.",
  "ranking-embargo": "Cifras bajo embargo (último periodo: {period}); hasta: {until}",
  "ranking-none": "No hay cifras de esta lista para este periodo.",
  "ranking-by-none": "Aquí no hay ninguna lista «{by}» que clasificar. Elija otra.",
  "ranking-unpublished": {
    one: "Omitido: {count} código cuya tasa no se publica, porque el denominador puede ser cero",
    other: "Omitidos: {count} códigos cuya tasa no se publica, porque el denominador puede ser "
    + "cero" },
  "period-none": "No hay cifras del periodo {period} en el rango elegido. Elija otro periodo.",
  // What is not measured
  "rates-unpublished": "No se publica ninguna tasa de estos periodos, porque el "
    + "denominador puede ser cero. Elija periodos más largos o un grupo más amplio.",
  "unmeasured-none": "No se publican cifras para esta elección y duración del periodo.",
  "unmeasured-length": "Estos códigos no se miden para periodos de esta duración.",
  "unmeasured-together": "No se miden juntos: {names}.",
  "unmeasured-detail": "No se mide con este detalle: {names}.",
  "unmeasured-instead": "Sí se miden:",
  "unmeasured-maybe": "Quizá haya cifras aquí:",
  // El ciclo de vida
  "view-lifecycle": "Ciclo de vida", "lifecycle-label": "Diagrama de estados y transiciones",
  "lifecycle-not": "No hay ciclo de vida de «{name}», porque no cuenta transiciones de un estado a "
    + "otro.",
  "lifecycle-caption": "Transiciones entre estados{others}, {when}",
  "lifecycle-flow": "{name}, de «{from}» a «{to}»: {figure}.",
  "lifecycle-other": "(Se cuenta en: {statistic}.)",
  "lifecycle-stock": "{status}, al final del periodo: {figure} ({statistic})",
  "lifecycle-nothing": "sin cifra para estos códigos",
  "lifecycle-what": "Transición", "lifecycle-from": "De", "lifecycle-to": "A",
  "lifecycle-statistic": "Se cuenta en", "lifecycle-thick": "Una banda de este grosor: {value}",
  "lifecycle-band": "Borde pálido de una banda: hasta el límite superior de su intervalo de "
    + "confianza del 95\u00a0%",
  "lifecycle-dashed": "Línea discontinua: el intervalo contiene el 0",
  "lifecycle-provisional": "Bandas pálidas: datos provisionales",
  "lifecycle-several": "Líneas de puntos con círculos: desde uno de estos estados; la cifra no "
    + "indica cuántos proceden de cada uno",
  "lifecycle-missing": "No se cuentan por separado: {names}",
  "status-UNSEEN": "Sin sucesos anteriores", "status-ABROAD": "En el extranjero",
  "status-PRESENT": "En el país", "status-AUTHORISED": "Estancia autorizada",
  "status-LAPSED": "Estancia vencida",
  "status-REVOKED": "Estancia revocada", "status-ORDERED": "Orden de salida",
  "status-OVERDUE": "Plazo vencido", "status-SUSPENDED": "Orden suspendida",
  "status-CLOSED": "Expediente cerrado",
  "status-DEPARTED": "Salida efectuada", "status-PENDING": "Pendiente",
  "status-DECIDED": "Con resolución", "status-APPEALED": "Con recurso",
  "take": "Descargar, citar y reutilizar", "downloads": "Descargar", "download-csv": "CSV",
  "download-json": "JSON", "download-sdmx-csv": "SDMX-CSV 2.0", "download-svg": "SVG",
  "download-png": "PNG", "download-table-csv": "CSV, solo códigos",
  "download-jsonstat": "JSON-stat", "download-parquet": "Parquet", "download-xlsx": "Excel (XLSX)",
  "download-sdmx-ml": "SDMX-ML 2.1", "download-sdmx-json": "SDMX-JSON 2.0",
  "download-sdmx-csv-1": "SDMX-CSV 1.0", "download-sdmx-ml-generic": "SDMX-ML 2.1 genérico",
  "cite": "Citar", "call": "Obtener las mismas cifras con un programa",
  "embed": "Insertar este gráfico",
  "copy": "Copiar", "copied": "Copiado", "link": "Enlace a esta vista",
  "citation": "{agency} ({year}). {title}: {flow}. {series}. Estado del registro: {size} "
    + "entradas, último periodo: {period}. Estimaciones con márgenes de error del 95\u00a0%. "
    + "{address}",
  "reading": "Cómo leer estas cifras",
  "reading-1": "Valor y margen de error. Cada cifra es una estimación insesgada de lo que se "
    + "cuenta. El margen vale solo para el ruido: con un nivel de confianza del 95\u00a0%, lo "
    + "contado está dentro de él.",
  "reading-bound": "Tope. Lo que corta un tope no se cuenta, así que ningún margen lo incluye; se "
    + "indica junto a las cifras.",
  "reading-late": "Sucesos tardíos. Lo que llega tarde no está en ningún margen de un recuento; "
    + "el margen de una estimación del recuento final abarca lo que se espera. Junto a las cifras "
    + "se indica si todavía falta algo.",
  "reading-2": "Valores negativos y ceros. El ruido puede actuar en ambos sentidos: un número "
    + "pequeño puede aparecer por debajo de cero, y un cero puede representar a unas pocas "
    + "personas. Esas cifras se muestran tal cual: si se recortaran en cero, todos los totales "
    + "serían demasiado altos.",
  "reading-3": "Provisional. Mediciones posteriores todavía cambiarán la cifra. Todos sus "
    + "estados anteriores siguen disponibles.",
  "reading-4": "Fiabilidad baja. El margen de error supera el 30\u00a0% de la cifra.",
  "reading-6": "Cero estructural. Según las listas de códigos no hay nada que contar, por ejemplo "
    + "en un paso fronterizo cerrado. Ese cero es conocido y no tiene margen de error; en una "
    + "tabla cuyos totales se miden por separado se muestra en su lugar una cifra medida.",
  "reading-7": "Fuentes. Una cifra se publica aunque una autoridad no haya enviado sus datos "
    + "dentro del plazo. En ese caso se indica, hasta que una medición posterior del periodo "
    + "incluya esos datos.",
  "reading-5": "Redondeo. Las cifras cuyo margen de error es de al menos 1 se publican como "
    + "números enteros, con los que las celdas y los periodos suman exactamente. El margen incluye "
    + "el redondeo. Los archivos dan milésimas con decimals=3 en su dirección.",
  "about": "Acerca de esta estadística", "quality": "Calidad",
  "meta-publisher": "Organismo responsable",
  "meta-basis": "Base jurídica", "meta-purpose": "Finalidad",
  "meta-contact": "Contacto", "meta-area": "Área de referencia", "meta-unit": "Unidad de medida",
  "meta-step": "Periodo más corto", "meta-dimensions": "Dimensiones", "meta-id": "Identificador",
  "meta-breaks": "Rupturas de serie", "meta-break": "a partir de {from}: {note}",
  "meta-bound": "Se cuenta como máximo",
  "meta-bound-times": { one: "{count} vez por persona y {window}",
    other: "{count} veces por persona y {window}" },
  "meta-codes": { one: "{name} ({count} código)", other: "{name} ({count} códigos)" },
  "word-year": "año", "word-month": "mes", "word-quarter": "trimestre", "word-day": "día",
  "word-quarter_hour": "cuarto de hora", "word-hour": "hora", "word-week": "semana",
  "unit-PERSONS": "personas", "unit-EVENTS": "sucesos", "quality-accuracy": "Precisión",
  "quality-accuracy-words": {
    one: "El margen de error de la cifra mostrada es de {widest}. Cifras de fiabilidad baja: "
    + "{weak}.",
    other: "La mitad de las {count} cifras mostradas tienen un margen de error de {median} o "
    + "menos; el mayor es de {widest}. Cifras de fiabilidad baja: {weak}." },
  "quality-time": "Oportunidad",
  "quality-time-words": {
    one: "La última publicación apareció {latest} después del final de su periodo.",
    other: "Plazo de las {count} últimas publicaciones tras el final de su periodo: {median} de "
    + "mediana, {latest} como máximo." },
  "quality-time-simulated": "No disponible: los datos de este sitio son sintéticos, y sus "
    + "publicaciones son del momento de la simulación.",
  "quality-nowcasts": "Estimaciones acertadas",
  "quality-nowcasts-words": { one: "De {count} estimación cuyos últimos sucesos tardíos ya están "
    + "contados, el {held} contenía la cifra definitiva en su intervalo; de los primeros recuentos "
    + "por sí solos, el {counts}. Ambos intervalos incluyen el ruido de lo añadido después.",
    other: "De {count} estimaciones cuyos últimos sucesos tardíos ya están contados, el {held} "
    + "contenía la cifra definitiva en su intervalo; de los primeros recuentos por sí solos, el "
    + "{counts}. Ambos intervalos incluyen el ruido de lo añadido después." },
  "quality-nowcasts-none": "Todavía no hay ninguna completa.",
  "quality-revisions": "Revisiones",
  "quality-revisions-none": {
    one: "Ninguna de las cifras mostradas ha cambiado con la última publicación.",
    other: "Ninguna de las cifras mostradas ha cambiado en las {count} últimas publicaciones." },
  "quality-revisions-some": {
    one: "Cifras ya publicadas antes de la última publicación: {shared}. Modificadas desde "
    + "entonces: {changed}, en {median} de mediana; su margen de error mediano era de {margin}.",
    other: "Cifras ya publicadas hace {count} publicaciones: {shared}. Modificadas desde entonces: "
    + "{changed}, en {median} de mediana; su margen de error mediano era de {margin}." },
  "quality-revisions-short": "Todavía hay muy pocas publicaciones.",
  "privacy": "Protección de datos",
  "privacy-flow": "Esta estadística consume ρ\u00a0{rho} por {window}, sean cuales sean sus "
    + "cifras.",
  "windows-minute": { one: "{count} minuto", other: "{count} minutos" },
  "windows-hour": { one: "{count} hora", other: "{count} horas" },
  "windows-day": { one: "{count} día", other: "{count} días" },
  "windows-week": { one: "{count} semana", other: "{count} semanas" },
  "windows-month": { one: "{count} mes", other: "{count} meses" },
  "windows-quarter": { one: "{count} trimestre", other: "{count} trimestres" },
  "windows-year": { one: "{count} año", other: "{count} años" },
  "spent-plan": "Gastado en la duración del plan ({windows})", "spent-window": "Gastado: {period}",
  "rho-of": "ρ\u00a0{spent} de {budget} ({share})",
  "privacy-epsilon": "El presupuesto de ρ\u00a0{budget} por {window} corresponde a {epsilon}. Se "
    + "carga al comienzo del periodo, para todas sus publicaciones. El plan dura {windows}; nada "
    + "lo renueva.",
  "epsilon-at": "ε\u00a0{epsilon} con δ\u00a0{delta}", "ledger": "Registro",
  "ledger-lead": "Cada cargo y cada publicación es una entrada de un registro público al que solo "
    + "se pueden añadir entradas y que cualquiera puede verificar. Esta página lo verifica aquí, "
    + "en su navegador.",
  "ledger-short": "Cada cargo y cada publicación es una entrada de un registro público al que solo "
    + "se pueden añadir entradas.",
  "ledger-state": { one: "{count} entrada, de {at}. Raíz {root}",
    other: "{count} entradas, la última de {at}. Raíz {root}" },
  "ledger-open": "Verificar en este navegador", "checkpoint": "Estado firmado del registro",
  "verification": "Verificación",
  "verify-program": "Verificar con el programa, incluidos los cargos",
  "entries": "Entradas", "entry": "Entrada", "what": "Tipo", "subject": "Objeto", "when": "Fecha",
  "digest": "Huella", "check": "Verificar el archivo", "newer": "Más recientes",
  "older": "Más antiguas",
  "entries-shown": "Entradas {from} a {to} de {size}, de la más reciente a la más antigua",
  "kind-genesis": "Origen", "kind-plan": "Plan", "kind-charge": "Cargo",
  "kind-amendment": "Modificación",
  "kind-release": "Publicación", "waiting": "…", "ok": "Verificado", "bad": "Verificación fallida",
  "check-signature": "El estado del registro tiene una firma Ed25519 válida de la clave {key}",
  "check-root": {
    one: "La huella publicada de la única entrada da la raíz de Merkle del estado del registro, "
    + "{root}",
    other: "Las huellas publicadas de las {count} entradas dan la raíz de Merkle del estado del "
    + "registro, {root}" },
  "check-entries": {
    one: "La única entrada coincide con esa huella",
    other: "Las {count} entradas coinciden con esas huellas" },
  "check-shown": "Las entradas {from} a {to}, que se muestran abajo, coinciden con esas huellas",
  "check-progress": { one: "{done} de {count} entrada", other: "{done} de {count} entradas" },
  "verify-all": "Verificar todas las entradas",
  "check-seen": {
    one: "El registro que usted vio antes ({count} entrada) es el comienzo de este",
    other: "El registro que usted vio antes ({count} entradas) es el comienzo de este" },
  "check-first": "No había visto antes este registro. Su estado se guarda solo en este navegador, "
    + "para compararlo en su próxima visita",
  "check-cannot": "Los navegadores solo verifican por https o en la misma máquina. Utilice el "
    + "programa.",
  "check-key-note": "La clave procede de este servidor. Compárela con la que el organismo "
    + "responsable publica en otro lugar: solo así una firma demuestra quién ha firmado.",
  "embed-source": "Fuente: {controller}, {title}.", "embed-open": "Abrir la vista completa",
  // Lo que tiene toda estadística, sea cual sea su plan.
  "dimension-FREQ": "Periodicidad", "dimension-REF_AREA": "Área de referencia",
  "dimension-INDICATOR": "Indicador", "dimension-UNIT": "Unidad",
  "code-INDICATOR-STOCK": "Personas al final del periodo",
  "code-INDICATOR-ARRIVALS": "Entradas", "code-INDICATOR-DEPARTURES": "Salidas",
  // Signos del idioma.
  "labelled": "{label}: {words}", "quoted": "«{text}»",
  // Por qué no hay respuesta.
  "error-busy": "el servidor está sobrecargado en este momento",
  "error-timeout": "el servidor ha tardado demasiado",
  "error-network": "no se puede acceder al servidor",
  "error-not-ready": "el servidor todavía no tiene un registro verificado",
  "error-not-found": "no hay nada en esta dirección",
  "error-too-large": "la respuesta sería demasiado grande; elija menos códigos o un rango más "
    + "corto",
  "error-uri-too-long": "la dirección es demasiado larga; elija menos códigos",
  "error-unmeasured": "estos códigos no se miden para periodos de esta duración; elija periodos "
    + "más largos o códigos menos detallados",
  "error-unverified": "un archivo no coincide con el registro, por lo que no se muestra",
  "error-unwritable": "no se puede escribir la respuesta",
  "error-parameter": "la dirección tiene un parámetro que no se entiende",
  "error-key": "la clave de la dirección no corresponde a la estadística",
  "error-unknown-code": "la dirección contiene un código que no existe",
  "error-unknown-dataflow": "la dirección nombra una estadística que no existe",
  // Lo que promete un presupuesto, los términos del glosario y lo que falta a una cifra.
  "times": { one: "una vez", other: "{count} veces" },
  "odds-caption": "¿Se podría adivinar si se contó a una persona?", "odds-one-month": "Un mes",
  "odds-one-quarter": "Un trimestre", "odds-one-year": "Un año",
  "odds-all": "Toda la duración del plan: {windows}",
  "odds-most": "acierto como máximo {odds} veces de 100", "odds-almost": "casi 100",
  "odds-toss": "50: cara o cruz", "odds-sure": "100: seguro", "odds-chance": "acierto por azar",
  "odds-gain": "lo máximo que puede añadir todo lo publicado aquí",
  "odds-month": "Si se decidiera a cara o cruz si una persona figura en los datos, alguien que "
    + "sabe todo lo demás y conoce todo lo publicado de las mediciones de un mes acertaría el "
    + "resultado como máximo {odds} veces de 100; sin lo publicado, 50 veces.",
  "odds-quarter": "Si se decidiera a cara o cruz si una persona figura en los datos, alguien que "
    + "sabe todo lo demás y conoce todo lo publicado de las mediciones de un trimestre acertaría "
    + "el resultado como máximo {odds} veces de 100; sin lo publicado, 50 veces.",
  "odds-year": "Si se decidiera a cara o cruz si una persona figura en los datos, alguien que "
    + "sabe todo lo demás y conoce todo lo publicado de las mediciones de un año acertaría el "
    + "resultado como máximo {odds} veces de 100; sin lo publicado, 50 veces.",
  "odds-moved-one": "Lo que una persona hizo en un mismo {window} solo cambia lo que se mide en "
    + "él.",
  "odds-moved": "Lo que una persona hizo en un mismo {window} puede cambiar mediciones de varios "
    + "({windows}), porque los avisos tardíos cuentan cuando llegan y quien está presente sigue "
    + "contado: solo por ello el límite es de {odds} veces de 100.",
  "odds-life": "Para una persona que se cuenta muchas veces, esto se suma: en toda la duración del "
    + "plan ({windows}), como máximo {life} veces de 100.",
  "odds-life-open": "Para una persona que se cuenta muchas veces, esto se suma: en toda la "
    + "duración del plan ({windows}) el límite es de {life} veces de 100. La promesa vale, pues, "
    + "por {window} y no para todo el conjunto.",
  "calendar-month": "mes natural", "calendar-quarter": "trimestre natural",
  "calendar-year": "año natural",
  "privacy-unit": "Se protege como un todo cuanto se refiere a una persona, ocurra cuando ocurra, "
    + "en lo que se mide en un mismo {window}.",
  "privacy-limit": "Los límites no son estimaciones: nadie puede acertar más, sepa lo que sepa. "
    + "Valen para una persona; un grupo que siempre se cuenta junto está menos protegido.",
  "privacy-details": "Presupuesto, rho y épsilon", "privacy-plan": "Lo que promete el plan",
  "terms-line": "Qué significan las palabras:", "term-amendment": "Modificación del plan",
  "term-bound": "Tope", "term-break": "Ruptura de serie", "term-budget": "Presupuesto",
  "term-charge": "Cargo", "term-checkpoint": "Estado firmado del registro",
  "term-dataflow": "Estadística (dataflow)", "term-dimension": "Dimensión",
  "term-embargo": "Embargo", "term-epsilon": "Épsilon y delta", "term-estimate": "Estimación",
  "term-interval": "Intervalo (95\u00a0%)", "term-late": "Suceso tardío", "term-ledger": "Registro",
  "term-life-cycle": "Ciclo de vida", "term-low-reliability": "Fiabilidad baja",
  "term-margin": "Margen de error", "term-noise": "Ruido",
  "term-nowcast": "Estimación anticipada", "term-plan": "Plan",
  "term-privacy-unit": "Unidad protegida", "term-provisional": "Provisional",
  "term-release": "Publicación", "term-retention": "Conservación", "term-revised": "Revisado",
  "term-rho": "Rho (zCDP)", "term-root": "Raíz", "term-series": "Serie",
  "term-silent": "Fuente sin datos enviados", "term-source": "Fuente", "term-step": "Paso",
  "term-structural-zero": "Cero estructural", "term-synthetic": "Datos sintéticos",
  "term-unit": "Unidad de medida", "term-vintage": "Medición (vintage)", "term-window": "Ventana",
  "bound-cuts": "una persona se cuenta aquí como máximo {bound}; lo que excede no se cuenta.",
  "that-month": "ese mes", "that-quarter": "ese trimestre", "that-year": "ese año",
  "bound-reached": "Personas que superaron este tope en el curso de {window} (último período "
    + "contado: {period}): {figure}.",
  "bound-lacks-none": "Por ello no falta nada aquí todavía.",
  "bound-lacks": "Por ello faltan en cada cifra de aquí como máximo {most}.",
  "bound-lacks-late": "De lo comunicado a tiempo faltan por ello en cada cifra de aquí como "
    + "máximo {most}.",
  "bound-unmeasured": "No se mide a cuántas personas afecta.",
  "rest-told": "Lo cuenta {flow}, por {told}.",
  "rest-told-not": "Lo cuenta {flow}, por {told}, no por {cell}.",
  "rest-groups": "grupos de {name}", "rest-total": "total",
  "rest-range": "Con ello, el número de {period} es como mínimo {least} y como máximo {most}.",
  "rest-apart": "En {period} son {figure}.",
  "rest-cut": "Esto no incluye lo que corta el tope de {flow}.",
  "rest-lacks": "Por ello faltan además como máximo {most}.",
  "rest-lacks-late": "De lo comunicado a tiempo faltan por ello además como máximo {most}.",
  "bound-more": "Lo que corta un tope",
  "provisional-parts": "Provisional, porque lo es una cifra con la que se calcula.",
  "provisional-late": "Provisional: aún se añadirán sucesos comunicados tarde, por última vez con "
    + "la publicación de {period}.",
  "provisional-refined": "Provisional: hasta el final de {window}, cada medición posterior hace la "
    + "cifra más exacta.",
  "final-late": "Definitivo: lo que se comunica con más de {time} de retraso no está en estas "
    + "cifras.",
  "final-once": "Definitivo: lo que se comunica con retraso no está en estas cifras.",
  "final-present": "Sin revisión: lo que se comunica con retraso solo cambia las cifras de "
    + "periodos posteriores.",
  "final-parts": "Definitivo: falta lo que llega tarde para las cifras con las que se calcula.",
  "late-moved": "los sucesos tardíos añadidos a periodos anteriores de esta serie cambiaron las "
    + "cifras en {value} de media (± {margin}, de {from} a {to}).",
  "bound-times": "{times} por {window}",
  "bound-times-both": "{times} por {window} y {month} por mes", "method-coverage": "Cobertura",
  "method-concepts": "Conceptos y definiciones", "method-population": "A quién se cuenta",
  "method-release_policy": "Política de difusión", "method-accuracy": "Precisión",
  "method-comparability": "Comparabilidad", "method-revision_policy": "Política de revisión",
  "method-source_data": "Fuentes de los datos", "method-comment": "Comentario", "method": "Método",
  "method-more": "Método y calidad en el plan",
  // Lo que solo escribe el servidor, para quien lee sin scripts y para enlaces compartidos.
  "noscript": "Los gráficos, los mapas y la elección de datos necesitan JavaScript. Las cifras "
    + "están aquí también sin JavaScript.",
  "served-series": "Serie",
  "served-many": "Hay {count} series, más de las que esta página muestra sin JavaScript. Los "
    + "archivos las contienen todas.",
  "card-released": "Publicado el {date}",
  "plan-noscript": "Las reglas del plan en frases sencillas y el glosario necesitan JavaScript. "
    + "Sus estadísticas están aquí también sin JavaScript.",
  // Direcciones y estados que no existen.
  "lost-day": "La dirección contiene {name}={value}, que no es una fecha válida.",
  "lost-size": "La dirección contiene {name}={value}, pero el registro solo tiene {size} entradas.",
  "error-embargo": "este estado del registro aún está embargado",
  "error-estimate": "con lo publicado no se puede calcular ninguna cifra; avise a quien la publica",
};
