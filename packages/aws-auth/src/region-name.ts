const regionPattern = /^[a-z]{2,6}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** True for the name of a region (`us-east-1`, `us-gov-west-1`, `eusc-de-east-1`) and nothing that could end a host name. */
export function isRegion(text: string): boolean {
  return regionPattern.test(text);
}
