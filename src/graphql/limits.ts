import { complexityFromQuery } from "@pothos/plugin-complexity";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  type ValidationRule,
} from "graphql";
import { issue } from "../core/errors.ts";
import { graphqlError } from "./errors.ts";

/** Lexical tokens of a document; GraphiQL's introspection has about 250. */
const MAX_TOKENS = 2_000;
const MAX_ALIASES = 30;
const MAX_DIRECTIVES = 30;
/** Values in the variables, counted at every level; the largest input object has about ten fields. */
const MAX_VALUES = 500;
/** Levels of fields; deep enough for introspection with its nine levels of `ofType`. */
const MAX_DEPTH = 15;
/** Fields resolved at the most, lists counted with their `first`: a page of 100 videos with their agents is about 3,000. */
const MAX_COST = 5_000;

const tooComplex = (message: string): GraphQLError =>
  graphqlError(issue("QUERY_TOO_COMPLEX", `${message} Ask for less at a time.`));

/** Parses a document, giving up at the limit of tokens. @throws GraphQLError a syntax error, or QUERY_TOO_COMPLEX */
export function parseLimited(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes("Parsing aborted")) {
      throw tooComplex(`The document has more than ${MAX_TOKENS} tokens.`);
    }
    throw error;
  }
}

/** What can be counted without variables; validation caches its result by document. */
export const limitsRule: ValidationRule = (context) => {
  let aliases = 0;
  let directives = 0;
  return {
    Field(node) {
      if (node.alias && ++aliases === MAX_ALIASES + 1)
        context.reportError(tooComplex(`More than ${MAX_ALIASES} aliases.`));
    },
    Directive() {
      if (++directives === MAX_DIRECTIVES + 1)
        context.reportError(tooComplex(`More than ${MAX_DIRECTIVES} directives.`));
    },
  };
};

interface Measure {
  depth: number;
  complexity: number;
}
const measured = new WeakMap<OperationDefinitionNode, Measure>();

/**
 * Whether the variables hold more values than allowed. The executor quotes the whole object in its error about each
 * unknown field, so that its work grows with the square of their number.
 */
function holdsTooMany(variables: Record<string, unknown>): boolean {
  const open: unknown[] = [variables];
  for (let seen = 0; open.length > 0;) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const inner: unknown[] = Object.values(value);
    seen += inner.length;
    if (seen > MAX_VALUES) return true;
    open.push(...inner);
  }
  return false;
}

/**
 * Depth and cost of the operation that is about to run, with its variables; remembered where there are none.
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): void {
  if (holdsTooMany(variables)) throw tooComplex(`The variables hold more than ${MAX_VALUES} values.`);
  const { depth, complexity } = measured.get(operation) ?? measure(schema, document, operation, variables);
  if (depth > MAX_DEPTH) throw tooComplex(`The document is ${depth} levels deep; at most ${MAX_DEPTH} are allowed.`);
  if (complexity > MAX_COST)
    throw tooComplex(`The document asks for up to ${complexity} fields; at most ${MAX_COST} are allowed.`);
}

function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Measure {
  // What cannot be coerced is not run: the executor reports it. Measuring would collect every error first.
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  if (errors) return { depth: 0, complexity: 0 };
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
  try {
    const result = complexityFromQuery(alone, { schema, variables, ctx: {} });
    if (!operation.variableDefinitions?.length) measured.set(operation, result);
    return result;
  } catch (error) {
    // So it reports arguments that do not fit.
    if (error instanceof GraphQLError) return { depth: 0, complexity: 0 };
    throw error;
  }
}
