package dev.headwater.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * About so many of a Parquet file's rows, spread evenly over it, as CSV. Arguments: the file, how
 * many, and where to.
 */
final class FlightsCsv {
  private FlightsCsv() {}

  public static void main(String[] args) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement duck = connection.createStatement()) {
      long all = count(duck, args[0]);
      long wanted = Math.min(all, Long.parseLong(args[1]));
      // Of n rows those at which i * wanted / n comes to the next whole number.
      duck.execute(
          "copy (select * exclude (file_row_number) from read_parquet('%s', file_row_number = true)"
                  .formatted(args[0])
              + " where (file_row_number * %d) %% %d < %d".formatted(wanted, all, wanted)
              + " order by file_row_number) to '%s' (format csv, header)".formatted(args[2]));
    }
  }

  private static long count(Statement duck, String file) throws SQLException {
    try (ResultSet rows = duck.executeQuery("select count(*) from '" + file + "'")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
