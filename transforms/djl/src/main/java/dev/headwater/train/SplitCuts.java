package dev.headwater.train;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.columns.Column;
import dev.headwater.columns.IntColumn;
import dev.headwater.columns.LongColumn;
import dev.headwater.columns.RowBatch;
import dev.headwater.model.SplitBy;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Which part a row belongs to, by its split column. */
final class SplitCuts {
  static final byte TRAIN = 0;
  static final byte HOLDOUT = 1;
  static final byte UNUSED = 2;

  private final String column;
  private final long trainUntil;
  private final long holdoutUntil;

  SplitCuts(SplitBy split, Schema joined) {
    Types.NestedField field = joined.findField(split.column());
    if (field == null) {
      throw wrong(split.column() + " is not a column of the joined rows");
    }
    this.column = split.column();
    this.trainUntil = cut(split.trainUntil(), field.type());
    this.holdoutUntil = cut(split.holdoutUntil(), field.type());
    if (trainUntil >= holdoutUntil) {
      throw wrong(split.trainUntil() + " is not before " + split.holdoutUntil());
    }
  }

  private static HeadwaterException wrong(String why) {
    return new HeadwaterException(
        Kind.USAGE,
        "Cannot split the rows: " + why + ".",
        "name a date or timestamp column, and two dates as yyyy-mm-dd, the first one earlier.");
  }

  private static long cut(String text, Type type) {
    try {
      LocalDateTime time =
          text.contains("T") ? LocalDateTime.parse(text) : LocalDate.parse(text).atStartOfDay();
      long micros = ChronoUnit.MICROS.between(LocalDate.EPOCH.atStartOfDay(), time);
      return switch (type.typeId()) {
        case DATE -> time.toLocalDate().toEpochDay();
        case TIMESTAMP -> micros;
        case TIMESTAMP_NANO -> Math.multiplyExact(micros, 1000L);
        default -> throw wrong("its column is a " + type);
      };
    } catch (DateTimeException e) {
      throw wrong("'" + text + "' is not a date");
    }
  }

  /** The part of each row. */
  byte[] parts(RowBatch batch) {
    Column by = batch.column(column);
    byte[] out = new byte[batch.size()];
    for (int row = 0; row < out.length; row++) {
      if (by.isNull(row)) {
        out[row] = UNUSED;
        continue;
      }
      long at = by instanceof LongColumn c ? c.values()[row] : ((IntColumn) by).values()[row];
      out[row] = at < trainUntil ? TRAIN : at < holdoutUntil ? HOLDOUT : UNUSED;
    }
    return out;
  }
}
