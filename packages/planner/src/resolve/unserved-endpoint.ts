import type { SchemaName } from '@aigw/api-types';

/** Endpoints that not every schema serves, and how the models are named that serve nothing else. */
const partial: readonly {
  readonly endpoint: string;
  readonly models: RegExp;
  readonly schemas: readonly SchemaName[];
}[] = [
  { endpoint: '/v1/embeddings', models: /\bembed/i, schemas: ['OpenAI', 'AWSBedrock'] },
  {
    endpoint: '/v1/completions',
    models: /^(?:gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/,
    schemas: ['OpenAI'],
  },
];

/** The only endpoint that serves a model, when backends of the schema refuse it with 400; known by the model's name alone. */
export function findUnservedEndpoint(model: string, schema: SchemaName): string | undefined {
  return partial.find(({ models, schemas }) => models.test(model) && !schemas.includes(schema))?.endpoint;
}
