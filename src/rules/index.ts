import { arxivIdInvalid } from './arxiv-id-invalid.js';
import { baseModelCircular } from './base-model-circular.js';
import { baseModelInvalid } from './base-model-invalid.js';
import { baseModelMissing } from './base-model-missing.js';
import { baseModelNotFound } from './base-model-not-found.js';
import { baseModelRelationContradictsFiles } from './base-model-relation-contradicts-files.js';
import { cardBodyEmpty } from './card-body-empty.js';
import { cardLfsAttribute } from './card-lfs-attribute.js';
import { cardLfsPointer } from './card-lfs-pointer.js';
import { cardMissing } from './card-missing.js';
import { cardNotText } from './card-not-text.js';
import { cardTooLarge } from './card-too-large.js';
import { datasetIdInvalid } from './dataset-id-invalid.js';
import { datasetNotFound } from './dataset-not-found.js';
import { evalResultsDuplicate } from './eval-results-duplicate.js';
import { evalResultsIgnored } from './eval-results-ignored.js';
import { evalResultsShape } from './eval-results-shape.js';
import { evalResultsSyntax } from './eval-results-syntax.js';
import { evalResultsValue } from './eval-results-value.js';
import { extraGatedValue } from './extra-gated-value.js';
import { frontMatterLimits } from './front-matter-limits.js';
import { frontMatterMissing } from './front-matter-missing.js';
import { frontMatterReadersDisagree } from './front-matter-readers-disagree.js';
import { frontMatterShape } from './front-matter-shape.js';
import { frontMatterSyntax } from './front-matter-syntax.js';
import { hubIdRenamed } from './hub-id-renamed.js';
import { hubNotAsked } from './hub-not-asked.js';
import { inferenceHidesWidget } from './inference-hides-widget.js';
import { jsonFileInvalid } from './json-file-invalid.js';
import { keyBlank } from './key-blank.js';
import { keyMisspelled } from './key-misspelled.js';
import { languageBcp47Invalid } from './language-bcp47-invalid.js';
import { languageMissing } from './language-missing.js';
import { languageUnknown } from './language-unknown.js';
import { libraryContradictsFiles } from './library-contradicts-files.js';
import { libraryContradictsHub } from './library-contradicts-hub.js';
import { libraryNameMissing } from './library-name-missing.js';
import { libraryNameUnknown } from './library-name-unknown.js';
import { licenseLinkBroken } from './license-link-broken.js';
import { licenseMissing } from './license-missing.js';
import { licenseNameContradictsLicense } from './license-name-contradicts-license.js';
import { licenseNameInvalid } from './license-name-invalid.js';
import { licenseOtherIncomplete } from './license-other-incomplete.js';
import { licenseUnknown } from './license-unknown.js';
import { metadataType } from './metadata-type.js';
import { metadataValue } from './metadata-value.js';
import { metricIdInvalid } from './metric-id-invalid.js';
import { metricValuePercent } from './metric-value-percent.js';
import { modelIndexDuplicate } from './model-index-duplicate.js';
import { modelIndexIdInvalid } from './model-index-id-invalid.js';
import { modelIndexLost } from './model-index-lost.js';
import { modelIndexVerified } from './model-index-verified.js';
import { newVersionInvalid } from './new-version-invalid.js';
import { newVersionNotFound } from './new-version-not-found.js';
import { pipelineTagContradictsFiles } from './pipeline-tag-contradicts-files.js';
import { pipelineTagContradictsHub } from './pipeline-tag-contradicts-hub.js';
import { pipelineTagMissing } from './pipeline-tag-missing.js';
import { pipelineTagUnknown } from './pipeline-tag-unknown.js';
import { remoteValidatorDiffers } from './remote-validator-differs.js';
import { requiredFieldMissing } from './required-field-missing.js';
import type { Rule } from './rule.js';
import { secretInCard } from './secret-in-card.js';
import { silenceComment } from './silence-comment.js';
import { tagIsMetadata } from './tag-is-metadata.js';
import { templateSectionEmpty } from './template-section-empty.js';
import { thumbnailUnreachable } from './thumbnail-unreachable.js';
import { weightsBroken } from './weights-broken.js';
import { weightsContradictConfig } from './weights-contradict-config.js';
import { weightsShardMissing } from './weights-shard-missing.js';
import { weightsTensorMissing } from './weights-tensor-missing.js';
import { weightsTensorUnused } from './weights-tensor-unused.js';
import { widgetExampleKeys } from './widget-example-keys.js';
import { widgetExampleValue } from './widget-example-value.js';
import { widgetLabelUnknown } from './widget-label-unknown.js';
import { widgetMaskMissing } from './widget-mask-missing.js';
import { widgetOutputShape } from './widget-output-shape.js';
import { widgetSrcAddress } from './widget-src-address.js';
import { widgetSrcInvalid } from './widget-src-invalid.js';
import { widgetSrcMissing } from './widget-src-missing.js';
import { widgetTableRagged } from './widget-table-ragged.js';
import { yamlReadersDisagree } from './yaml-readers-disagree.js';

/** Every rule, the ones about the file first. The id of a rule is the name of its file. */
export const RULES: readonly Rule[] = [
  cardMissing,
  cardNotText,
  cardTooLarge,
  cardLfsPointer,
  cardLfsAttribute,
  frontMatterMissing,
  frontMatterSyntax,
  frontMatterLimits,
  frontMatterShape,
  frontMatterReadersDisagree,
  yamlReadersDisagree,
  keyMisspelled,
  keyBlank,
  metadataType,
  metadataValue,
  requiredFieldMissing,
  licenseMissing,
  licenseUnknown,
  licenseOtherIncomplete,
  licenseNameInvalid,
  licenseNameContradictsLicense,
  licenseLinkBroken,
  languageMissing,
  languageUnknown,
  libraryNameMissing,
  libraryNameUnknown,
  libraryContradictsFiles,
  tagIsMetadata,
  inferenceHidesWidget,
  pipelineTagMissing,
  pipelineTagUnknown,
  pipelineTagContradictsFiles,
  datasetIdInvalid,
  baseModelInvalid,
  baseModelMissing,
  baseModelCircular,
  baseModelRelationContradictsFiles,
  newVersionInvalid,
  jsonFileInvalid,
  weightsBroken,
  weightsShardMissing,
  weightsContradictConfig,
  weightsTensorMissing,
  weightsTensorUnused,
  secretInCard,
  templateSectionEmpty,
  cardBodyEmpty,
  languageBcp47Invalid,
  arxivIdInvalid,
  metricIdInvalid,
  metricValuePercent,
  modelIndexIdInvalid,
  extraGatedValue,
  thumbnailUnreachable,
  silenceComment,
  widgetExampleKeys,
  widgetExampleValue,
  widgetTableRagged,
  widgetMaskMissing,
  widgetSrcAddress,
  widgetSrcMissing,
  widgetSrcInvalid,
  widgetOutputShape,
  widgetLabelUnknown,
  modelIndexLost,
  modelIndexDuplicate,
  modelIndexVerified,
  evalResultsSyntax,
  evalResultsShape,
  evalResultsValue,
  evalResultsDuplicate,
  evalResultsIgnored,
  baseModelNotFound,
  newVersionNotFound,
  datasetNotFound,
  hubIdRenamed,
  pipelineTagContradictsHub,
  libraryContradictsHub,
  hubNotAsked,
  remoteValidatorDiffers,
];
