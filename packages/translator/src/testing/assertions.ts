/** One rule that the gateway is held to. Titles of the tests that prove it end with its number: `[A12]`. */
export interface Assertion {
  readonly number: number;
  readonly rule: string;
}

/** Rules that belong together. */
export interface AssertionGroup {
  readonly title: string;
  readonly assertions: readonly Assertion[];
}

/** A rule that is met in another way than its words say, or not; each has a record that says why. */
export interface Deviation {
  readonly number: number;
  readonly reason: string;
  /** Path below `docs/`. */
  readonly record: string;
}

function group(title: string, first: number, rules: readonly string[]): AssertionGroup {
  return { title, assertions: rules.map((rule, index) => ({ number: first + index, rule })) };
}

/** All rules of conformance, in order, without gaps. `docs/compatibility.md` links each to its tests. */
export const assertionGroups: readonly AssertionGroup[] = [
  group('Chat completions to Converse: requests', 1, [
    'A unary request goes to `/model/{id}/converse`; model and stream are in the path and not in the body, and the length of the body is right',
    'A streamed request goes to `/converse-stream`',
    'An inference profile ARN is one segment of the path, and its signature is made for the path as it is sent',
    'Model names that would change the path (empty, `..`, `;` tricks) or are longer than 2048 characters are refused with 400 and reach no provider',
    "The backend's model override decides path and capabilities; an answer that names no model has the name that the client asked for",
    '`max_completion_tokens` wins over `max_tokens`, either alone is taken, zero is refused',
    'One stop string or a list, without empty ones; nothing when none is left',
    'A temperature above the maximum is limited with a warning, and never goes out as it was',
    'System and developer messages become system blocks, with a cache point where it was asked for',
    'Cache points carry a lifetime of one hour only for models that know it, and are left out for models without caching',
    'Neighbouring messages of one role become one message with all their blocks',
    'Tool results and the user text after them become one user message, results first',
    'Empty tool arguments become an empty object',
    'Tool arguments that are not JSON never fail the request; the input is an object',
    'Tool arguments keep their exact bytes: big numbers, order of keys',
    'A tool call without an id is refused with 400',
    'Ids of tool calls that the provider would refuse are rewritten, alike in call and result, short and still distinct',
    'Tool names that the provider would refuse are rewritten and restored in the answer',
    'A tool without parameters gets the schema of an empty object',
    'An empty description of a tool is left out',
    'No tool configuration goes out without a tool in it',
    'Tool choices auto, required and by name become auto, any and tool',
    'Tool choice none never forces a tool on Claude, not even one named "none"',
    'Tool choice none on other families without tools in the history sends no tools',
    'Tools that only the history knows are declared, so that the provider takes the conversation',
    'Forbidden parallel tool calls reach Claude, without saying the tool choice twice',
    'An assistant message with neither text nor calls is left out',
    'Blank texts are left out everywhere',
    'White space at the end of a last assistant text is cut',
    'Images in data URLs keep their bytes, under the names that clients use for their types; others are refused by name',
    'Images by https address are refused with the reason; S3 addresses are passed on',
    'A PDF becomes a document with a legal, unique name, and a text beside it',
    'Audio and unknown parts are sent or refused, never lost',
    'Images in tool results arrive as images',
    'More than one choice is refused; one is not',
    'A JSON schema for the answer is given to models that take one, closed against further properties',
    'For other models the schema becomes a tool that the client does not see: its input is the content of the answer',
    'Reasoning effort becomes what each family calls it, and none adds nothing',
    'Thinking has its least budget, does not meet a forced tool, and goes without a temperature',
    'Service tiers are passed both ways; auto is the absence of one',
    'Metadata becomes request metadata, within its limits',
    "The operator's guardrail stands against one that a client sends",
    'Thinking that we gave to a client comes back to the provider with the same signature; unsigned thinking does not',
    'Functions of the old kind are taken or refused with 400, never a failure of the gateway',
  ]),
  group('Chat completions from Converse: answers', 45, [
    'All text blocks are in the content, in order',
    'An answer of tool calls alone has no content and says so in its finish reason',
    'A tool call without input has the arguments of an empty object',
    'Several reasoning blocks become one reasoning text and as many signed blocks',
    'Cited text is part of the content, and annotations point into it',
    'Each of the stop reasons has its finish reason',
    'Usage counts cache reads and writes as input, and shows them in the details',
    'A success without an answer in it is a 502 with a JSON error',
    'A throttled request keeps status, message and `retry-after`; the name of the exception is without its suffix',
    'Messages are found however they are spelled, and bodies that are empty or text still give a JSON error',
    'Every error that we write is valid JSON, whatever the text in it',
  ]),
  group('Chat completions from ConverseStream', 56, [
    'However a stream is split, clients get the same bytes and meters the same numbers',
    'The role comes once, in the first chunk; id and time of creation never change',
    'Text comes in order, and only the usage chunk has no choices',
    "Tool calls are numbered by the provider's blocks, interleaved ones too",
    'Later pieces of a tool call repeat neither its id nor its name',
    'A tool call that streamed no input has the arguments of an empty object',
    'Clients get the usage chunk only when they ask for it, as the last one; meters get it always',
    'A good end is `[DONE]` followed by an empty line',
    'An exception after some text becomes an error event without `[DONE]`: SDKs raise, meters count a failure, usage so far is kept',
    'An unmodelled error frame becomes an error event with its code',
    'A stream that ends before its last event, or within a frame, ends in an error',
    'A damaged frame is an error at once, and nothing is buffered after it, however much comes',
    'JSON in place of a stream becomes an error answer with its own status, not an event',
    'A later event without usage does not erase the usage before it',
    "The provider's padding reaches no client",
    'Trailers in place of an end of the body finish the stream, once',
    'Characters split between chunks stay whole',
  ]),
  group('Chat completions with Claude: Messages and InvokeModel', 73, [
    'Chat completions reach a backend of schema Anthropic: model in the body, version in the header',
    'The limit of tokens that Anthropic requires has a default when the client gives none',
    'The version is in the body on Bedrock only, with its default; model and stream are not in that body',
    'Streamed thinking, signatures and redacted blocks arrive as reasoning, and not as content',
    'Stop reasons that are new, unknown or a refusal have a finish reason and never fail',
    'An error event of the provider becomes an error event of the client, and the stream ends well-formed',
    'A ping is no chunk',
    'A stream that ends within a tool call repeats nothing and ends in an error',
    'Tools that the provider runs itself are not calls for the client',
    'Cached input counts as input, and an event without usage erases nothing',
    'Nobody guesses from the text of a tool result that it is an error',
    'PDFs and texts become documents; audio is refused with 400',
  ]),
  group('Messages to Anthropic', 85, [
    'Without an override the body goes out as it came, with one only the model differs; unknown fields and the query survive',
    'Streams are handed on byte by byte; usage is cumulative, with cached input counted as input',
    'Usage is found with any line ending; an error event counts as a failed request',
    "Errors that are not JSON become Anthropic's, with the type of their status",
    "Token counting goes to the backend's own path and passes both ways untouched",
  ]),
  group('Messages to InvokeModel', 90, [
    'The body gets its version and loses model and stream; the rest keeps its bytes',
    'Betas of header and body become one list of those that Bedrock takes, renamed and without repetition; the header does not go out',
    'Fields that Bedrock refuses are dropped; a service tier becomes its header',
    'Cache settings lose what Bedrock does not know, and keep a lifetime where the model has it',
    'A tool that only Anthropic runs is refused with 400 by its name',
    'Frames become events with the exact JSON of the provider, known or not, without metrics and padding',
    "An exception, or an end without the last event, becomes an error event on which Anthropic's SDK raises",
    "Bedrock's errors become Anthropic's, with the id of the request",
    'Cache tokens are counted the same wherever the stream reports them',
    "Token counting asks for the base model with a complete body; answers and errors are Anthropic's",
    'Token counting for models other than Claude uses the form of Converse',
  ]),
  group('Messages to Converse and to OpenAI-compatible servers', 101, [
    "Every delta stands in a block that was opened, so that Anthropic's SDK accepts the stream",
    'Usage that comes after the stop is in the closing event, and the stop comes last, however the stream is split',
    'Blocks follow one another, each opened and closed once',
    'Redacted thinking crosses both ways as the same text',
    'Tool results without content, with images and with errors arrive as such',
    'Documents arrive as documents',
    'Tools that only Anthropic runs leave no empty tool configuration, and a warning',
    'Adaptive thinking and forbidden parallel tool calls reach Claude',
    'A guardrail that steps in is a refusal; a tool call without input has an empty object',
    'A server that ends its lines with CRLF loses nothing',
    'An error chunk, or a stream that breaks off, becomes an error event and no good end',
    'Usage beside the finish reason counts, with cached tokens apart from input',
    'Interleaved tool calls never write into a closed block, and each has its exact arguments',
    'An empty stream becomes an error event, never an end without a start',
    'More stop sequences than the server takes are refused or cut, with word of it',
  ]),
  group('Pass-through, embeddings, models, and the gateway itself', 116, [
    'Streams are metered also when the client does not want usage, and then it does not see any',
    'Bodies of embeddings, completions and responses keep their bytes; a success that is not JSON is passed on',
    'Usage of the responses API is read from each of its ends, with any line ending',
    'Lists of models have the shape of the API that was asked, per host; one model is found or is a 404',
    'Titan embeds one text, not two, and gives base64 where it is asked for',
    'Cohere embeds a batch in order, and its tokens come from the header',
    'A retry starts from the original request, with a signature of its own',
    'Backends of different schemas each get their own translation of one request',
    'Compressed streams are decompressed once, however they are split, and the header of the encoding goes',
    'A request of 20 MB is served or refused with 413, never reset',
  ]),
];

/** None is known. */
export const deviations: readonly Deviation[] = [];
