//! Parquet: one row for each observation, figures as exact decimals.
//!
//! Not here: reading Parquet.
//!
//! Invariants:
//! 1. The numbers are those of every other format, exactly
//!    (`formats::parquet::tests::a_file_reads_back`; `checks/clients/` reads it with two public
//!    clients).
//!
//! Format: the columns of SDMX-CSV from FREQ on; codes and periods are strings in dictionaries,
//! OBS_VALUE, MARGIN, CI_LOW and CI_HIGH are decimals of 19 digits, DECIMALS of them after the
//! point, VINTAGE, UNIT_MULT, DECIMALS and LEDGER_SIZE integers. Zstandard. With its history, a
//! figure has a row for each of its vintages, with the RHO and the LEDGER_SIZE of that vintage.
//! Under a plan with an embargo, figures and VINTAGE may be null, and under a plan with sources
//! SILENT_SOURCES where there are none; INTERVAL_OF is null in a dataflow without vintages.

use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use arrow_array::{
    ArrayRef, Decimal128Array, RecordBatch as Rows, StringArray, UInt32Array, UInt64Array,
};
use tidegauge_model::IntervalOf;

use super::layout::Layout;
use super::message::{MessageHeader, confidentiality};
use crate::answer::answer::figures;
use crate::error::Error;
use crate::structure::concept::{INTERVAL_OF, OF_FIGURE, SILENT_SOURCES};

/// Digits of a figure: those of the largest number of thousandths.
const DIGITS: u8 = 19;

/// Replaces the library's own errors; none is known for columns such as these.
const REJECTED: Error = Error::Unwritable { reason: "the Parquet library rejects a column" };

/// The whole answer as one file.
///
/// Errors: figures that cannot be made; a column that the library rejects.
pub(crate) fn file(layout: &Layout, header: &mut MessageHeader) -> Result<Vec<u8>, Error> {
    let rows = rows(layout, header)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("tidegauge ", env!("CARGO_PKG_VERSION")).into())
        .build();
    let writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties));
    let mut writer = writer.map_err(|_| REJECTED)?;
    writer.write(&rows).map_err(|_| REJECTED)?;
    writer.into_inner().map_err(|_| REJECTED)
}

fn rows(layout: &Layout, header: &mut MessageHeader) -> Result<Rows, Error> {
    let of_series: Vec<Vec<&str>> =
        (0..layout.answer.len()).map(|n| layout.answer.key(n)).collect();
    let mut keys: Vec<Vec<&str>> = vec![Vec::new(); header.dimensions.len()];
    let (mut periods, mut statuses, mut vintages) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rhos, mut sizes, mut free) = (Vec::new(), Vec::new(), Vec::new());
    let (mut silent, mut intervals) = (Vec::new(), Vec::new());
    let mut published: [Vec<Option<i128>>; 4] = Default::default();
    let (places, unit) = (header.decimals.count(), i128::from(header.decimals.unit_milli()));
    for set in layout.data_sets()? {
        if let Some(vintage) = &set.vintage {
            header.turn_to(vintage);
        }
        let [(_, rho), (_, _)] = header.of_answer();
        for (number, observation) in set.runs.iter().flatten() {
            for (column, code) in keys.iter_mut().zip(&of_series[*number]) {
                column.push(*code);
            }
            let milli = figures(observation);
            for (place, column) in published.iter_mut().enumerate() {
                column.push(milli.map(|milli| i128::from(milli[place]) / unit));
            }
            periods.push(observation.period.sdmx());
            statuses.push(observation.status.code());
            vintages.push(observation.figure().map(|_| observation.vintage));
            free.push(confidentiality(observation));
            silent.push(header.silent(observation.silent));
            intervals.push(observation.interval_of.map(IntervalOf::code));
            rhos.push(rho.clone());
            sizes.push(header.as_of());
        }
    }
    let count = periods.len();
    let text = |text: &str| Arc::new(StringArray::from(vec![text; count])) as ArrayRef;
    let number = |number: u32| Arc::new(UInt32Array::from(vec![number; count])) as ArrayRef;
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    for (dimension, codes) in header.dimensions.iter().zip(keys) {
        columns.push((&dimension.id, Arc::new(StringArray::from(codes))));
    }
    columns.push(("TIME_PERIOD", Arc::new(StringArray::from(periods))));
    for (id, milli) in ["OBS_VALUE", "MARGIN", "CI_LOW", "CI_HIGH"].into_iter().zip(published) {
        // Fits: three decimals or none.
        let column = Decimal128Array::from(milli).with_precision_and_scale(DIGITS, places as i8);
        columns.push((id, Arc::new(column.map_err(|_| REJECTED)?)));
    }
    let [(_, unit), ..] = header.of_series();
    columns.push(("OBS_STATUS", Arc::new(StringArray::from(statuses))));
    columns.push(("VINTAGE", Arc::new(UInt64Array::from(vintages))));
    columns.push(("UNIT_MEASURE", text(&unit)));
    columns.push(("UNIT_MULT", number(0)));
    columns.push(("DECIMALS", number(places)));
    columns.push(("CONF_STATUS", Arc::new(StringArray::from(free))));
    columns.push(("RHO", Arc::new(StringArray::from(rhos))));
    columns.push(("LEDGER_SIZE", Arc::new(UInt64Array::from(sizes))));
    if header.features.has_sources {
        columns.push((SILENT_SOURCES, Arc::new(StringArray::from(silent))));
    }
    if header.features.has_vintages {
        columns.push((INTERVAL_OF, Arc::new(StringArray::from(intervals))));
    }
    let has_embargo = header.features.has_embargo;
    let columns = columns.into_iter().map(|(id, column)| {
        let is_of_figure = id == "OBS_VALUE" || OF_FIGURE.contains(&id);
        let may_miss = has_embargo && is_of_figure || [SILENT_SOURCES, INTERVAL_OF].contains(&id);
        (id, column, may_miss)
    });
    Rows::try_from_iter_with_nullable(columns).map_err(|_| REJECTED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::format::Format;
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder as Opened;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Decimal128Type;

    #[test]
    fn a_file_reads_back() {
        let answer = crate::tests::checked_sample_answer("CROSSINGS", "D+M.XX.FLOW.AIR+SEA.ENTRY");
        let layout = Layout::plain(answer.clone(), Format::Parquet, Default::default());
        let mut header = MessageHeader::new(&answer, Default::default(), String::new());
        let bytes = bytes::Bytes::from(file(&layout, &mut header).unwrap());
        let read: Vec<Rows> =
            Opened::try_new(bytes).unwrap().build().unwrap().map(Result::unwrap).collect();
        let mut seen = 0;
        let mut published = (0..answer.len()).flat_map(|n| answer.series(n).unwrap().observations);
        for rows in &read {
            let values = rows.column_by_name("OBS_VALUE").unwrap();
            for value in values.as_primitive::<Decimal128Type>().values() {
                let milli = published.next().unwrap().value_milli;
                assert_eq!(1000 * *value, i128::from(milli), "whole numbers");
                seen += 1;
            }
        }
        assert_eq!(seen, answer.observations());
        let columns: Vec<String> =
            read[0].schema().fields().iter().map(|field| field.name().clone()).collect();
        let own = crate::formats::csv::columns(std::slice::from_ref(&header));
        let header = crate::formats::csv::header(&header, &own, crate::formats::csv::Version::Two);
        let all: Vec<&str> = header.trim_end().split(',').skip(3).collect();
        assert_eq!(columns, all);
    }
}
