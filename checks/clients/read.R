# Reads a server with R: rsdmx reads SDMX-ML 2.1 from the first SDMX root, base R reads CSV.
#
#     Rscript read.R BASE AGENCY DATAFLOW KEY START END
#
# Prints the figures as CSV, each row with the name of the client, for `read.py` to compare with the
# released ones. Ends with an error if a structure lacks something that a reader needs.
#
# Not here: whether the figures are right.

given <- commandArgs(trailingOnly = TRUE)
base <- given[1]; agency <- given[2]; flow <- given[3]
key <- given[4]; start <- given[5]; end <- given[6]
suppressPackageStartupMessages(library(rsdmx))

root <- paste0(base, "/sdmx/2.1")
builder <- SDMXREST21RequestBuilder(regUrl = root, repoUrl = root, compliant = TRUE)
addSDMXServiceProvider(SDMXServiceProvider(agencyId = agency, name = agency, builder = builder))

listed <- as.data.frame(readSDMX(providerId = agency, resource = "dataflow", logger = NULL))
stopifnot(flow %in% listed$id)

# In rsdmx 0.6 the call that joins labels warns about its own use of `&&` on vectors.
message <- readSDMX(providerId = agency, resource = "data", flowRef = flow, key = key,
                    start = start, end = end, dsd = TRUE, logger = NULL)
labelled <- suppressWarnings(as.data.frame(message, labels = TRUE))
stopifnot(!any(is.na(labelled$INDICATOR_label.en)), !any(is.na(labelled$OBS_STATUS_label.en)))
by_rsdmx <- suppressWarnings(as.data.frame(message))
names(by_rsdmx)[names(by_rsdmx) == "obsTime"] <- "TIME_PERIOD"
names(by_rsdmx)[names(by_rsdmx) == "obsValue"] <- "OBS_VALUE"

address <- paste0(base, "/v1/data/", flow, "/", key, "?format=csv&startPeriod=", start,
                  "&endPeriod=", end)
by_base <- read.csv(address)

columns <- setdiff(intersect(names(by_base), names(by_rsdmx)), c("UNIT_MULT", "DECIMALS"))
figures <- function(client, table) cbind(CLIENT = client, table[, columns])
write.csv(rbind(figures("rsdmx", by_rsdmx), figures("R", by_base)), row.names = FALSE)
