"""Where people are told besides: their devices by Web Push, their chats and numbers; and in which words."""
