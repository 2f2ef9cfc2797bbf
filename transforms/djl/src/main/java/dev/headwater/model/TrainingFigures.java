package dev.headwater.model;

import java.io.Serializable;

/**
 * {@code metrics.json}: how good a model is, and what its training took.
 *
 * @param holdout the network's metrics on the holdout
 * @param baseline the logistic regression's on the same rows and columns
 * @param epochs that were trained
 * @param batch the largest part of a batch that fitted the device at once
 */
public record TrainingFigures(
    Metrics holdout,
    Metrics baseline,
    long trainRows,
    long holdoutRows,
    long noLabel,
    long unused,
    int epochs,
    int batch,
    String device,
    double seconds)
    implements Serializable {}
