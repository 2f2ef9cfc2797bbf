package dev.headwater.catalog.registry;

import dev.headwater.catalog.Backend;

final class SqliteRegistryTest extends RegistrySuite {
  SqliteRegistryTest() {
    super(Backend.SQLITE);
  }
}
