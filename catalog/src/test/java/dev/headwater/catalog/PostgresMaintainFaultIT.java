package dev.headwater.catalog;

final class PostgresMaintainFaultIT extends MaintainFaultSuite {
  PostgresMaintainFaultIT() {
    super(new Postgres(), 2);
  }
}
