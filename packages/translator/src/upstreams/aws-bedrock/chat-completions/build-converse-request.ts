import { capabilitiesOf } from '../../../capabilities/index.ts';
import { warnOfDroppedFields, type ConversationApi } from '../../../endpoints/conversation-api.ts';
import {
  assembleConverseRequest,
  type BuiltConverseRequest,
  type ConverseRequestInput,
} from '../converse/assemble-request.ts';
import { extraFields } from '../converse/build-extras.ts';
import { convertReasoning } from '../converse/build-reasoning.ts';
import { convertMessages } from './convert-messages.ts';

const takenFields: ReadonlySet<string> = new Set(extraFields);

/** A request of the client's API for Converse. @throws TranslationError when it cannot be expressed for the model. */
export function buildConverseRequest(
  input: ConverseRequestInput & { readonly api: ConversationApi },
): BuiltConverseRequest {
  const { api, request, target, model, warnings } = input;
  const chat = api.parseRequest(request, warnings);
  const capabilities = capabilitiesOf(target, model);
  const built = assembleConverseRequest(chat, {
    ...input,
    capabilities,
    reasoning: convertReasoning(chat, { capabilities, warnings }),
    tellsStopSequence: false,
    convertConversation: (context) => convertMessages(chat, context),
  });
  warnOfDroppedFields(request, api, takenFields, warnings);
  return built;
}
