package dev.headwater.catalog;

final class SqliteMaintainFaultIT extends MaintainFaultSuite {
  SqliteMaintainFaultIT() {
    super(Backend.SQLITE, 1);
  }
}
