package dev.headwater.catalog.registry;

import dev.headwater.catalog.Postgres;

final class PostgresRegistryIT extends RegistrySuite {
  PostgresRegistryIT() {
    super(new Postgres());
  }
}
