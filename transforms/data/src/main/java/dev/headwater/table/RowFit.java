package dev.headwater.table;

import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.Misfit;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows of other columns than a table's into its rows, and letters of those that don't fit.
 * One thread.
 */
public interface RowFit {
  /**
   * What became of a batch.
   *
   * @param good the rows that fit, with the table's columns
   * @param kept which of the batch's rows these are; null: all
   * @param letters one row for each of the others; null where there is none
   */
  record Fitted(RowBatch good, @Nullable Bits kept, @Nullable RowBatch letters) {}

  /** Fits a batch. */
  Fitted fit(RowBatch batch, Origin from);

  /** Opens a fit on a worker. */
  interface Factory extends Serializable {
    /** The columns that the file is to be read with. */
    Schema read();

    RowFit open();
  }

  /** How rows that are not the table's become its, by where they are from. */
  interface Rule extends Serializable {
    /** For rows that have the table's columns, or fewer. */
    Rule NONE =
        (rows, table, misfits) -> {
          throw new IllegalArgumentException(
              rows.name() + " has columns of other names, or rows that may not fit: take a rule");
        };

    /**
     * For one arrival.
     *
     * @param table as it will be
     * @param misfits the arrival's; none: columns only have other names
     */
    Factory of(Arrival rows, Schema table, List<Misfit> misfits);

    /** For all arrivals that are not read as the table's rows, by their names. */
    default Map<String, Factory> each(
        List<Arrival> arrivals, Evolution evolution, SchemaPolicy policy, Schema table) {
      Map<String, Factory> fits = new HashMap<>();
      for (Arrival arrival : arrivals) {
        List<Misfit> misfits =
            evolution.misfits().stream().filter(m -> m.arrival().equals(arrival.name())).toList();
        boolean renamed =
            arrival.schema().columns().stream()
                .anyMatch(f -> policy.rename().containsKey(f.name()));
        if (renamed || !misfits.isEmpty()) {
          fits.put(arrival.name(), of(arrival, table, misfits));
        }
      }
      return fits;
    }
  }
}
