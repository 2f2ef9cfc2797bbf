package dev.headwater.catalog;

import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Iceberg's own REST server, over HTTP, with an embedded catalog behind it. */
public final class RestServer implements Backend {
  @Override
  public CatalogConfig fresh(Path directory) throws Exception {
    return CatalogConfig.rest(TableRef.DEFAULT_CATALOG, start(directory, Map.of()));
  }

  /** The server's address; it lives as long as the JVM. */
  static String start(Path directory, Map<String, String> properties) throws Exception {
    CatalogConfig behind = CatalogConfig.embedded(directory.resolve("server"));
    for (Map.Entry<String, String> property : properties.entrySet()) {
      behind = behind.with(property.getKey(), property.getValue());
    }
    SafeJdbcCatalog catalog =
        Catalogs.jdbc(behind, Database.source(behind), Catalogs.files(behind));
    QueuedThreadPool threads = new QueuedThreadPool(16, 4);
    threads.setDaemon(true);
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.addServlet(
        new ServletHolder(new RESTCatalogServlet(new RESTCatalogAdapter(catalog))), "/*");
    server.setHandler(context);
    server.start();
    return "http://127.0.0.1:" + connector.getLocalPort();
  }
}
