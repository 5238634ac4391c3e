/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html */
export const invokeModelVersion = 'bedrock-2023-05-31';

/** The largest body of InvokeModel. @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html */
export const maxInvokeBodyBytes = 25_000_000;
