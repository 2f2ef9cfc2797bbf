package dev.headwater.catalog;

final class SqliteFaultIT extends FaultSuite {
  SqliteFaultIT() {
    super(Backend.SQLITE, 1);
  }
}
