import type { Card } from '../card/card.js';
import type { CardFile } from '../repo/card-file.js';
import { NO_SURROUNDINGS, type Surroundings } from '../repo/surroundings.js';
import type { RuleContext } from '../rules/rule.js';

/** A class, because making it costs a tenth of what spreading the options does, and it is made for every card. */
export class Context implements RuleContext {
  readonly files;
  readonly modelConfig;
  readonly tokenizerConfig;
  readonly adapterConfig;
  readonly modelIndex;
  readonly brokenJson;
  readonly repoId;
  readonly gitAttributes;
  readonly evalResults;
  readonly media;
  readonly weightFaults;
  readonly hubFacts;
  readonly cardFile: CardFile;
  readonly required;
  readonly secrets;
  readonly knownRules;
  readonly comments;
  readonly report;

  constructor(
    readonly card: Card,
    readonly cardPath: string,
    options: Partial<Surroundings> & { readonly cardFile?: CardFile },
    given: Pick<RuleContext, 'required' | 'secrets' | 'knownRules' | 'comments' | 'report'>,
  ) {
    this.files = options.files ?? NO_SURROUNDINGS.files;
    this.modelConfig = options.modelConfig ?? NO_SURROUNDINGS.modelConfig;
    this.tokenizerConfig = options.tokenizerConfig ?? NO_SURROUNDINGS.tokenizerConfig;
    this.adapterConfig = options.adapterConfig ?? NO_SURROUNDINGS.adapterConfig;
    this.modelIndex = options.modelIndex ?? NO_SURROUNDINGS.modelIndex;
    this.brokenJson = options.brokenJson ?? NO_SURROUNDINGS.brokenJson;
    this.repoId = options.repoId ?? NO_SURROUNDINGS.repoId;
    this.gitAttributes = options.gitAttributes ?? NO_SURROUNDINGS.gitAttributes;
    this.evalResults = options.evalResults ?? NO_SURROUNDINGS.evalResults;
    this.media = options.media ?? NO_SURROUNDINGS.media;
    this.weightFaults = options.weightFaults ?? NO_SURROUNDINGS.weightFaults;
    this.hubFacts = options.hubFacts ?? NO_SURROUNDINGS.hubFacts;
    this.required = given.required;
    this.secrets = given.secrets;
    this.knownRules = given.knownRules;
    this.comments = given.comments;
    this.report = given.report;
    this.cardFile = options.cardFile ?? { source: 'text', text: card.text };
  }
}
