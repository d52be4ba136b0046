/** The R2 key of our own copy of a video's MP4. */
export const videoFileKey = ({ agentId, id }: { agentId: string; id: string }): string => `videos/${agentId}/${id}.mp4`;
