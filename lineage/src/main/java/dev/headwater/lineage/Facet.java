package dev.headwater.lineage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;

/** The facets that are emitted, each with its place in an event and the address of its schema. */
enum Facet {
  CATALOG("catalog", "1-1-0", "CatalogDatasetFacet"),
  COLUMN_LINEAGE("columnLineage", "1-2-0", "ColumnLineageDatasetFacet"),
  DATA_QUALITY_ASSERTIONS("dataQualityAssertions", "1-1-0", "DataQualityAssertionsDatasetFacet"),
  DATA_QUALITY_METRICS("dataQualityMetrics", "1-0-0", "DataQualityMetricsDatasetFacet"),
  DATA_QUALITY_METRICS_INPUT("dataQualityMetrics", "1-0-3", "DataQualityMetricsInputDatasetFacet"),
  DATA_SOURCE("dataSource", "1-0-1", "DatasourceDatasetFacet"),
  DATASET_TYPE("datasetType", "1-0-1", "DatasetTypeDatasetFacet"),
  DOCUMENTATION("documentation", "1-1-0", "DocumentationDatasetFacet"),
  DOCUMENTATION_JOB("documentation", "1-1-0", "DocumentationJobFacet"),
  ENVIRONMENT_VARIABLES("environmentVariables", "1-0-0", "EnvironmentVariablesRunFacet"),
  ERROR_MESSAGE("errorMessage", "1-0-1", "ErrorMessageRunFacet"),
  EXECUTION_PARAMETERS("executionParameters", "1-0-0", "ExecutionParametersRunFacet"),
  INPUT_STATISTICS("inputStatistics", "1-0-0", "InputStatisticsInputDatasetFacet"),
  JOB_TYPE("jobType", "2-0-4", "JobTypeJobFacet"),
  NOMINAL_TIME("nominalTime", "1-0-1", "NominalTimeRunFacet"),
  OUTPUT_STATISTICS("outputStatistics", "1-0-2", "OutputStatisticsOutputDatasetFacet"),
  OWNERSHIP("ownership", "1-0-1", "OwnershipDatasetFacet"),
  OWNERSHIP_JOB("ownership", "1-0-1", "OwnershipJobFacet"),
  PARENT("parent", "1-2-0", "ParentRunFacet"),
  PROCESSING_ENGINE("processing_engine", "1-1-1", "ProcessingEngineRunFacet"),
  SCHEMA("schema", "1-2-0", "SchemaDatasetFacet"),
  SOURCE_CODE_LOCATION("sourceCodeLocation", "1-1-0", "SourceCodeLocationJobFacet"),
  STORAGE("storage", "1-0-1", "StorageDatasetFacet"),
  SYMLINKS("symlinks", "1-0-1", "SymlinksDatasetFacet"),
  TAGS("tags", "1-0-0", "TagsDatasetFacet"),
  TAGS_JOB("tags", "1-0-0", "TagsJobFacet"),
  TEST("test", "1-0-1", "TestRunFacet"),
  VERSION("version", "1-0-1", "DatasetVersionDatasetFacet"),

  HEADWATER_DATASET("headwater_dataset", "HeadwaterDatasetFacet"),
  HEADWATER_DRIFT("headwater_drift", "HeadwaterDriftDatasetFacet"),
  HEADWATER_FEATURES("headwater_features", "HeadwaterFeaturesDatasetFacet"),
  HEADWATER_LETTERS("headwater_letters", "HeadwaterLettersOutputDatasetFacet"),
  HEADWATER_MODEL("headwater_model", "HeadwaterModelDatasetFacet"),
  HEADWATER_PINS("headwater_pins", "HeadwaterPinsRunFacet"),
  HEADWATER_RUN("headwater_run", "HeadwaterRunFacet");

  /** The version of our own schemas; a changed schema gets another, for addresses never change. */
  private static final String OWN = "https://headwater.dev/schemas/lineage/1-0-0/";

  private static final String SPEC = "https://openlineage.io/spec/facets/";

  private final String key;
  private final String schemaUrl;

  Facet(String key, String version, String type) {
    this.key = key;
    this.schemaUrl = SPEC + version + "/" + type + ".json#/$defs/" + type;
  }

  Facet(String key, String type) {
    this.key = key;
    this.schemaUrl = OWN + type + ".json#/$defs/" + type;
  }

  /** Puts an empty one into the facets of a run, a job or a data set. */
  ObjectNode in(ObjectNode facets, URI producer) {
    ObjectNode facet = JsonNodeFactory.instance.objectNode();
    facet.put("_producer", producer.toString());
    facet.put("_schemaURL", schemaUrl);
    facets.set(key, facet);
    return facet;
  }

  String key() {
    return key;
  }

  String schemaUrl() {
    return schemaUrl;
  }
}
