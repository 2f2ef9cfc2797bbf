package dev.headwater.catalog;

final class PostgresFaultIT extends FaultSuite {
  PostgresFaultIT() {
    super(new Postgres(), 2);
  }
}
