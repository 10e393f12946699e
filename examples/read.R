# Reads series from a server, and draws them with their margins.
#
#     Rscript read.R ADDRESS DATAFLOW KEY PICTURE
#
# ADDRESS is where `tidegauge serve` serves a store, such as http://127.0.0.1:8080; KEY has a part
# for each dimension, alternatives joined by +, such as D.AT.FLOW._T.ENTRY+EXIT; PICTURE is a file
# that ends in .png or .svg. Needs nothing but R.
#
# Not here: SDMX, which the package rsdmx reads; see docs/src/how-to/tools.md.

given <- commandArgs(trailingOnly = TRUE)
if (length(given) != 4) {
    message("usage: Rscript read.R ADDRESS DATAFLOW KEY PICTURE")
    quit(status = 2)
}
address <- sub("/$", "", given[1])
dataflow <- given[2]
picture <- given[4]

# 1. The figures are one request for CSV: a row for each series and period, with the figure
#    (OBS_VALUE), its margin of error (MARGIN), and the interval that holds the truth 95 times in
#    100 (CI_LOW to CI_HIGH).
key <- URLencode(given[3])
asked <- paste0(address, "/v1/data/", dataflow, "/", key, "?format=csv")
table <- tryCatch(suppressWarnings(read.csv(asked)), error = function(error) {
    message("error[address]: ", asked, ": gives no figures; is `tidegauge serve` running there, ",
            "and does the plan have this dataflow and key?")
    quit(status = 1)
})

# 2. A series is what has one code of each dimension: of the columns between FREQ and TIME_PERIOD,
#    those that differ name it; a single one has its key as its name.
columns <- names(table)
dimensions <- columns[seq(match("FREQ", columns), match("TIME_PERIOD", columns) - 1)]
differ <- dimensions[vapply(table[dimensions], function(x) length(unique(x)) > 1, NA)]
series <- if (length(differ) > 0) do.call(paste, c(table[differ], sep = " ")) else given[3]
series <- rep_len(series, nrow(table))

# 3. One panel for each series. The band is as important as the line: a change within the band may
#    be noise. Where a small count is negative, nothing is wrong; so the axis may begin below zero.
names_of_series <- unique(series)
height <- 2.6 * length(names_of_series)
if (endsWith(picture, ".svg")) {
    svg(picture, width = 8, height = height)
} else {
    png(picture, width = 8, height = height, units = "in", res = 120)
}
par(mfrow = c(length(names_of_series), 1), mar = c(3, 3, 2, 1), mgp = c(2, 0.7, 0), las = 1)
for (name in names_of_series) {
    part <- table[series == name, ]
    places <- seq_len(nrow(part))
    plot(places, part$OBS_VALUE, type = "n", xaxt = "n", xlab = "", ylab = "",
         ylim = range(0, part$CI_LOW, part$CI_HIGH))
    polygon(c(places, rev(places)), c(part$CI_LOW, rev(part$CI_HIGH)), col = "#9ecae1",
            border = NA)
    abline(h = 0, col = "grey")
    lines(places, part$OBS_VALUE, type = "o", pch = 20, col = "#08519c")
    title(paste0(dataflow, ", ", name, ", with 95 % interval"), adj = 0, cex.main = 1)
    shown <- places[seq(1, length(places), by = ceiling(length(places) / 7))]
    axis(1, at = shown, labels = part$TIME_PERIOD[shown], cex.axis = 0.8)
    last <- part[nrow(part), ]
    cat(name, ", ", last$TIME_PERIOD, ": ", last$OBS_VALUE, " +/- ", last$MARGIN, "\n", sep = "")
}
invisible(dev.off())
cat("wrote ", picture, ", ledger of ", table$LEDGER_SIZE[1], " entries\n", sep = "")
